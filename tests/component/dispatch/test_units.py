"""The API on fakes: units that officers choose themselves, and whom the matcher would choose."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest
from redis.exceptions import RedisError

from services.dispatch.application.ports import ClaimsLost, Found, Home, Selection
from services.dispatch.domain.orders import Ended
from services.dispatch.domain.state import Open
from shared.contracts.incident import AssignUnits, Candidate, ReinforcementRequested, ReportIncident, RequestUnit
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import OrderRole
from tests.builders.dispatch_api import dispatch_on_fakes
from tests.component.dispatch.fakes import HOME, NEAREST, MemoryIncidents, NoViews, Places, SetClock
from tests.component.dispatch.test_http import (
    DISPLAY,
    DISTRICT,
    ELSEWHERE,
    MEMBER,
    OFFICER,
    OPERATOR,
    PARTNER,
    SCENE,
    Api,
    location,
    report,
    without,
)

NEAR = Found("near", HOME.station_id, SCENE, 100, 4, False, OrderRole.RESPOND, ())
FAR = replace(NEAR, unit_id="far", distance_m=900)
BUSY = replace(NEAR, unit_id="busy", distance_m=50, reasons=("claimed",))


class Surroundings:
    """Plays `Lookout`: units near the scene, the nearest first, who are chosen as long as some are needed."""

    def __init__(self) -> None:
        self.units = [BUSY, NEAR, FAR]
        self.asked: list[ReinforcementRequested] = []
        self.are_claims_lost = False

    async def look(self, request: ReinforcementRequested, now: datetime) -> Selection:
        if self.are_claims_lost:
            raise ClaimsLost("who is claimed is not known")
        self.asked.append(request)
        left = request.need.count
        found: list[Found] = []
        for unit in self.units:
            if request.named and unit.unit_id not in request.named:
                continue
            against = unit.reasons or (("already-asked",) if unit.unit_id in request.exclude else ())
            chosen = not against and left > 0
            left -= chosen
            found.append(replace(unit, chosen=chosen, reasons=against or (("nearest",) if chosen else ("not-needed",))))
        return Selection(now, found)


class UnitsApi(Api):
    surroundings: Surroundings

    async def open_incident(self) -> str:
        return (await self.report()).json()["incident_id"]

    def state(self, incident_id: str) -> Open:
        state = self.incidents.states[incident_id]
        assert isinstance(state, Open)
        return state


@pytest.fixture
async def api() -> AsyncGenerator[UnitsApi]:
    incidents, views, surroundings = MemoryIncidents(SetClock()), NoViews(), Surroundings()
    transport = httpx.ASGITransport(app=dispatch_on_fakes(incidents, views, lookout=surroundings))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        api = UnitsApi(http, incidents, views)
        api.surroundings = surroundings
        yield api


SCENARIO = {"class": "public-order", "severity": "serious", "location": location()}


async def test_a_proposal_names_whom_each_stage_would_get_and_why_not_the_others(api: UnitsApi) -> None:
    answer = await api.post("proposals", OFFICER, SCENARIO)
    assert answer.status_code == 200, answer.text
    candidates = answer.json()["candidates"]
    assert [(c["unit_id"], c["chosen"], c["stage"], c["reasons"]) for c in candidates] == [
        ("busy", False, None, ["claimed"]),
        ("near", True, 1, ["nearest"]),
        ("far", True, 3, ["nearest"]),
    ]
    assert candidates[1] == {
        "unit_id": "near",
        "station_id": HOME.station_id,
        "lon": SCENE.lon,
        "lat": SCENE.lat,
        "distance_m": 100,
        "eta_s": pytest.approx(0, abs=1),
        "members_on_duty": 4,
        "role": "respond",
        "chosen": True,
        "stage": 1,
        "reasons": ["nearest"],
    }
    assert [request.exclude for request in api.surroundings.asked] == [(), ("near",)]


async def test_a_proposal_asks_as_the_report_would_and_leaves_nothing_behind(api: UnitsApi) -> None:
    await api.post("proposals", OFFICER, {**SCENARIO, "drill": True})
    assert api.incidents.submitted == []
    await api.report(drill=True)
    [state] = api.incidents.states.values()
    assert isinstance(state, Open)
    first = api.surroundings.asked[0]
    assert (first.drill, first.stage, first.need.count) == (True, state.rounds[0].stage, state.rounds[0].count)
    assert (first.location.lon, first.location.lat) == (SCENE.lon, SCENE.lat)


@pytest.mark.parametrize(
    ("who", "body", "status", "code"),
    [
        (OPERATOR, SCENARIO, 200, None),
        (DISTRICT, SCENARIO, 200, None),
        (MEMBER, SCENARIO, 403, "forbidden"),
        (PARTNER, SCENARIO, 403, "forbidden"),
        (DISPLAY, SCENARIO, 403, "forbidden"),
        (OFFICER, without(SCENARIO, "class"), 422, "invalid"),
        (OFFICER, {**SCENARIO, "description": "x"}, 422, "invalid"),
        (OPERATOR, {**SCENARIO, "location": location(lat=-5)}, 422, "no-station"),
    ],
)
async def test_who_may_ask_for_a_proposal(
    api: UnitsApi, who: Principal, body: Any, status: int, code: str | None
) -> None:
    answer = await api.post("proposals", who, body)
    assert (answer.status_code, answer.json().get("code")) == (status, code)


async def test_while_claims_are_lost_nothing_is_proposed_or_ordered(api: UnitsApi) -> None:
    incident_id = await api.open_incident()
    api.surroundings.are_claims_lost = True
    for path, body in (("proposals", SCENARIO), (f"incidents/{incident_id}/orders", {"unit_id": "near"})):
        answer = await api.post(path, OFFICER, body)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_an_officer_orders_one_unit_in_particular(api: UnitsApi) -> None:
    incident_id = await api.open_incident()
    answer = await api.post(f"incidents/{incident_id}/orders", OFFICER, {"unit_id": "far"})
    assert (answer.status_code, answer.json()["incident_id"]) == (200, incident_id)
    assert api.incidents.submitted[-1] == RequestUnit(incident_id=incident_id, unit_id="far", by="officer")
    assert api.surroundings.asked[-1].named == ("far",)
    assert api.state(incident_id).rounds[-1].reason == "by-name"


@pytest.mark.parametrize(
    ("reasons", "code"),
    [
        (("claimed",), "unit-busy"),
        (("resting",), "unit-busy"),
        (("off-duty",), "unit-unavailable"),
        (("position-stale", "threat-rule"), "unit-unavailable"),
    ],
)
async def test_a_unit_that_cannot_be_sent_is_refused_with_the_reasons(
    api: UnitsApi, reasons: tuple[str, ...], code: str
) -> None:
    incident_id = await api.open_incident()
    submitted = len(api.incidents.submitted)
    api.surroundings.units = [replace(FAR, reasons=reasons)]
    answer = await api.post(f"incidents/{incident_id}/orders", OFFICER, {"unit_id": "far"})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, code, "unit_id")
    assert [error["code"] for error in answer.json()["errors"]] == list(reasons)
    assert len(api.incidents.submitted) == submitted


async def test_a_unit_that_is_not_there_or_has_its_order_is_refused(api: UnitsApi) -> None:
    incident_id = await api.open_incident()
    unknown = await api.post(f"incidents/{incident_id}/orders", OFFICER, {"unit_id": "nobody"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unit-unknown")
    candidate = Candidate(unit_id="far", station_id="s", chosen=True, distance_m=1, eta_s=1, members_on_duty=3)
    api.incidents.decide(incident_id, AssignUnits(incident_id=incident_id, round=1, candidates=(candidate,)))
    again = await api.post(f"incidents/{incident_id}/orders", OFFICER, {"unit_id": "far"})
    assert (again.status_code, again.json()["code"]) == (409, "already-ordered")
    await api.post(f"incidents/{incident_id}/clear", OFFICER)
    closed = await api.post(f"incidents/{incident_id}/orders", OFFICER, {"unit_id": "near"})
    assert (closed.status_code, closed.json()["code"]) == (409, "incident-closed")


@pytest.mark.parametrize(
    ("who", "status"), [(OPERATOR, 200), (DISTRICT, 200), (ELSEWHERE, 404), (MEMBER, 403), (PARTNER, 403)]
)
async def test_whose_incident_it_is_orders_and_stands_down(api: UnitsApi, who: Principal, status: int) -> None:
    incident_id, order_id, _ = await api.ordered()
    order = await api.post(f"incidents/{incident_id}/orders", who, {"unit_id": "near"})
    assert order.status_code == status
    path = f"incidents/{incident_id}/orders/{order_id}/withdraw"
    assert (await api.post(path, who, {"reason": "wrong-unit"})).status_code == status


@pytest.mark.parametrize(("replaced", "rounds"), [({}, 0), ({"replace": True}, 1)])
async def test_who_is_stood_down_is_replaced_only_when_that_is_wanted(
    api: UnitsApi, replaced: dict[str, bool], rounds: int
) -> None:
    incident_id, order_id, police_order = await api.ordered()
    before = len(api.state(incident_id).rounds)
    path = f"incidents/{incident_id}/orders/{order_id}/withdraw"
    answer = await api.post(path, OFFICER, {"reason": "unsafe", **replaced})
    assert answer.status_code == 200, answer.text
    ended = api.state(incident_id).order(order_id)
    assert isinstance(ended, Ended)
    assert (ended.status, ended.reason) == ("withdrawn", "unsafe")
    assert len(api.state(incident_id).rounds) - before == rounds
    assert (await api.post(path, OFFICER, {"reason": "unsafe"})).json()["code"] == "order-not-open"
    police = await api.post(f"incidents/{incident_id}/orders/{police_order}/withdraw", OFFICER, {"reason": "unsafe"})
    assert (police.status_code, police.json()["code"]) == (409, "not-a-units-order")


async def test_whoever_says_something_is_its_author(api: UnitsApi) -> None:
    incident_id, order_id, _ = await api.ordered()
    order = f"incidents/{incident_id}/orders/{order_id}"
    acts: list[tuple[str, Principal, Any]] = [
        (f"{order}/acknowledge", MEMBER, {}),
        (f"incidents/{incident_id}/orders", OFFICER, {"unit_id": "near"}),
        (f"incidents/{incident_id}/sightings", MEMBER, {"note": "在喷泉旁"}),
        (f"incidents/{incident_id}/escalate", DISTRICT, {"reason": "worse"}),
        (f"{order}/arrive", OPERATOR, {"manual": True, "on_behalf": True}),
        (f"{order}/withdraw", OFFICER, {"reason": "unsafe"}),
        (f"incidents/{incident_id}/handover", MEMBER, {}),
        (f"incidents/{incident_id}/clear", OFFICER, {}),
    ]
    for path, who, body in acts:
        answer = await api.post(path, who, body)
        assert answer.status_code < 300, answer.text
        said: Any = api.incidents.submitted[-1]
        assert said.by == who.subject, path


REACH_M = 1500
"""Of the playbook for public order: its widest ring."""


def neighbours(unit_id: str, metres: float) -> Found:
    return replace(NEAR, unit_id=unit_id, distance_m=metres, station_id=NEAREST.station_id)


@pytest.mark.parametrize(
    ("unit", "who", "status"),
    [
        (neighbours("next-door", REACH_M), OFFICER, 200),
        (neighbours("too-far", REACH_M + 1), OFFICER, 404),
        (neighbours("too-far", REACH_M + 1), DISTRICT, 404),
        (neighbours("u-own", 90_000), OFFICER, 200),
        (neighbours("u-own", 90_000), DISTRICT, 200),
        (neighbours("u-own", 90_000), OPERATOR, 200),
    ],
)
async def test_by_name_one_calls_ones_own_units_and_those_near(
    api: UnitsApi, unit: Found, who: Principal, status: int
) -> None:
    incident_id = await api.open_incident()
    unknown = await api.post(f"incidents/{incident_id}/orders", who, {"unit_id": unit.unit_id})
    api.surroundings.units.append(unit)
    answer = await api.post(f"incidents/{incident_id}/orders", who, {"unit_id": unit.unit_id})
    assert answer.status_code == status, answer.text
    if status == 404:
        assert without(answer.json(), "correlation_id") == without(unknown.json(), "correlation_id")


@pytest.mark.parametrize("reason", ["off-duty", "below-quorum", "suspended"])
async def test_a_neighbours_unit_that_no_ring_shows_is_as_unknown_as_none(api: UnitsApi, reason: str) -> None:
    incident_id = await api.open_incident()
    unknown = await api.post(f"incidents/{incident_id}/orders", OFFICER, {"unit_id": "next-door"})
    hidden = replace(neighbours("next-door", 100), reasons=(reason,), on_ring=False)
    api.surroundings.units += [hidden, replace(hidden, unit_id="u-own")]
    answer = await api.post(f"incidents/{incident_id}/orders", OFFICER, {"unit_id": "next-door"})
    assert without(answer.json(), "correlation_id") == without(unknown.json(), "correlation_id")
    own = await api.post(f"incidents/{incident_id}/orders", OFFICER, {"unit_id": "u-own"})
    assert (own.status_code, own.json()["code"]) == (409, "unit-unavailable")
    await api.report(units=["next-door", "u-own"])
    command = api.incidents.submitted[-1]
    assert isinstance(command, ReportIncident)
    assert command.units == ("u-own",)


async def test_a_report_does_not_fail_for_its_picks_when_nobody_can_look_them_up(
    api: UnitsApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: Places, __: str) -> Home | None:
        raise RedisError("away")

    monkeypatch.setattr(Places, "home", away)
    answer = await api.report(units=["u-own"])
    assert answer.status_code == 201
    [command] = api.incidents.submitted
    assert isinstance(command, ReportIncident)
    assert command.units == ()


@pytest.mark.parametrize("are_claims_lost", [False, True])
async def test_of_the_units_picked_with_a_report_those_count_that_one_may_call(
    api: UnitsApi, are_claims_lost: bool
) -> None:
    api.surroundings.units += [neighbours("next-door", REACH_M), neighbours("too-far", 9000), neighbours("u-own", 9000)]
    api.surroundings.are_claims_lost = are_claims_lost
    answer = await api.report(units=["too-far", "u-own", "next-door", "nobody"])
    assert answer.status_code == 201
    [command] = api.incidents.submitted
    assert isinstance(command, ReportIncident)
    assert command.units == (("u-own",) if are_claims_lost else ("u-own", "next-door"))


async def test_a_report_may_bring_the_units_that_the_dispatcher_picked(api: UnitsApi) -> None:
    answer = await api.report(units=["far", "busy"])
    state = api.state(answer.json()["incident_id"])
    assert [(r.reason, r.count, r.by) for r in state.rounds if r.reason == "picked"] == [
        ("picked", 1, "officer"),
        ("picked", 1, "officer"),
    ]
    too_many = await api.report(units=[f"u{n}" for n in range(21)])
    assert (too_many.status_code, too_many.json()["field"]) == (422, "units")
    for who in (MEMBER, PARTNER):
        refused = await api.post("incidents", who, report(units=["far"]))
        assert (refused.status_code, refused.json()["field"]) == (403, "units")
