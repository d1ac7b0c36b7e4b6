"""The API on fakes: who may do what, and what is said of bad input."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from services.dispatch.domain.orders import Acknowledged, Issued
from services.dispatch.domain.state import Open
from shared.contracts.incident import AssignUnits, Candidate, ReportIncident
from shared.platform.web.tokens import Principal
from shared.vocabulary.geography import Point, distance_m, wgs84_to_gcj02
from shared.vocabulary.terms import Role
from tests.builders.dispatch_api import dispatch_on_fakes
from tests.component.dispatch.fakes import HOME, NEAREST, MemoryIncidents, NoViews, SetClock
from tests.fakes.keys import bearer

SCENE = Point(113.3190, 23.1352)
OPERATOR = Principal("operator", Role.OPERATOR, "/440100")
OFFICER = Principal("officer", Role.OFFICER, HOME.path, station_id=HOME.station_id)
DISTRICT = Principal("district", Role.OFFICER, "/440100/440106")
ELSEWHERE = Principal("elsewhere", Role.OFFICER, NEAREST.path, station_id=NEAREST.station_id)
MEMBER = Principal("member", Role.MEMBER, HOME.path, unit_id="u1", station_id=HOME.station_id)
OTHER_MEMBER = Principal("other", Role.MEMBER, HOME.path, unit_id="u2", station_id=HOME.station_id)
PARTNER = Principal("cad-110", Role.PARTNER, "/440100")
DISPLAY = Principal("post", Role.DISPLAY, HOME.path)


class Api:
    def __init__(self, http: httpx.AsyncClient, incidents: MemoryIncidents, views: NoViews) -> None:
        self.http = http
        self.incidents = incidents
        self.views = views

    async def post(self, path: str, who: Principal, body: Any = None) -> httpx.Response:
        return await self.http.post(f"/dispatch/v1/{path}", json=body or {}, headers=bearer(who))

    async def get(self, path: str, who: Principal, **params: Any) -> httpx.Response:
        return await self.http.get(f"/dispatch/v1/{path}", params=params, headers=bearer(who))

    async def report(self, who: Principal = OFFICER, **changes: Any) -> httpx.Response:
        return await self.post("incidents", who, report(**changes))

    async def ordered(self) -> tuple[str, str, str]:
        """An open incident: its id, u1's order and the police's."""
        incident_id = (await self.report()).json()["incident_id"]
        candidate = Candidate(
            unit_id="u1", station_id=HOME.station_id, chosen=True, distance_m=1, eta_s=1, members_on_duty=3
        )
        self.incidents.decide(incident_id, AssignUnits(incident_id=incident_id, round=1, candidates=(candidate,)))
        state = self.incidents.states[incident_id]
        assert isinstance(state, Open)
        orders = {order.assignee_id: order.order_id for order in state.orders}
        return incident_id, orders["u1"], orders[HOME.station_id]


@pytest.fixture
async def api() -> AsyncGenerator[Api]:
    incidents, views = MemoryIncidents(SetClock()), NoViews()
    transport = httpx.ASGITransport(app=dispatch_on_fakes(incidents, views))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield Api(http, incidents, views)


def location(place: Point = SCENE, **changes: Any) -> dict[str, Any]:
    return {"lon": place.lon, "lat": place.lat, "crs": "wgs84", **changes}


def report(**changes: Any) -> dict[str, Any]:
    return {
        "class": "public-order",
        "severity": "serious",
        "location": location(),
        "description": "有人斗殴",
        **changes,
    }


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (without(report(), "class"), "class"),
        (without(report(), "severity"), "severity"),
        (without(report(), "location"), "location"),
        (report(**{"class": "arson"}), "class"),
        (report(severity=3), "severity"),
        (report(location=location(lon=181)), "location.lon"),
        (report(location=location(lat="north")), "location.lat"),
        (report(location=location(accuracy_m=-1)), "location.accuracy_m"),
        (report(location=location(crs="bd09")), "location.crs"),
        (report(location=location(altitude=3)), "location.altitude"),
        (report(description=5), "description"),
        (report(description="x" * 4001), "description"),
        (report(photo_url="javascript:alert(1)"), "photo_url"),
        (report(external_id=""), "external_id"),
        (report(drill="perhaps"), "drill"),
        (report(source={"kind": "rumour", "id": "x"}), "source.kind"),
        (report(station_id="440106007"), "station_id"),
    ],
)
async def test_a_wrong_field_is_named(api: Api, body: dict[str, Any], field: str) -> None:
    answer = await api.post("incidents", OFFICER, body)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "invalid", field)
    assert answer.headers["content-type"] == "application/problem+json"
    assert api.incidents.submitted == []


async def test_what_is_no_json_is_said_to_be_none(api: Api) -> None:
    headers = bearer(OFFICER) | {"Content-Type": "application/json"}
    answer = await api.http.post("/dispatch/v1/incidents", content=b'{"class":', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-json")


@pytest.mark.parametrize("path", ["incidents", "incidents/i1", "incidents/i1/events"])
async def test_nobody_reads_without_a_token(api: Api, path: str) -> None:
    answer = await api.http.get(f"/dispatch/v1/{path}")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    ("who", "station", "source"),
    [
        (OFFICER, HOME, {"kind": "station", "id": HOME.station_id}),
        (DISTRICT, NEAREST, {"kind": "station", "id": "district"}),
        (OPERATOR, NEAREST, {"kind": "station", "id": "operator"}),
        (MEMBER, HOME, {"kind": "unit", "id": "u1"}),
        (PARTNER, NEAREST, {"kind": "external", "id": "cad-110"}),
    ],
)
async def test_a_report_belongs_to_the_reporters_station_else_to_the_nearest(
    api: Api, who: Principal, station: Any, source: dict[str, str]
) -> None:
    answer = await api.report(who)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["station_id"], body["path"], body["source"]) == (station.station_id, station.path, source)
    assert (body["class"], body["state"], body["reported_by"]) == ("public-order", "open", who.subject)
    assert answer.headers["location"] == f"/dispatch/v1/incidents/{body['incident_id']}"


async def test_a_report_in_the_name_of_a_unit_elsewhere_tells_nothing_of_that_unit(api: Api) -> None:
    other_district = Principal("district-2", Role.OFFICER, "/440100/440103")
    for unit_id in ("u1", "no-such"):
        answer = await api.report(other_district, source={"kind": "unit", "id": unit_id})
        assert answer.json()["station_id"] == NEAREST.station_id
    own = await api.report(DISTRICT, source={"kind": "unit", "id": "u1"})
    assert own.json()["station_id"] == HOME.station_id


async def test_a_place_without_a_station_is_said_to_have_none(api: Api) -> None:
    answer = await api.report(OPERATOR, location=location(lat=-5))
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "no-station", "location")


@pytest.mark.parametrize("who", [MEMBER, PARTNER])
async def test_units_and_partners_report_in_their_own_name_only(api: Api, who: Principal) -> None:
    answer = await api.report(who, source={"kind": "station", "id": "440106007"})
    assert (answer.status_code, answer.json()["field"]) == (403, "source")


async def test_a_phone_must_say_in_which_reference_system_it_speaks(api: Api) -> None:
    answer = await api.report(MEMBER, location=without(location(), "crs"))
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "crs-required", "location.crs")
    assert (await api.report(OFFICER, location=without(location(), "crs"))).status_code == 201


async def test_gcj02_is_converted(api: Api) -> None:
    await api.report(MEMBER, location=location(wgs84_to_gcj02(SCENE), crs="gcj02"))
    [command] = api.incidents.submitted
    assert isinstance(command, ReportIncident)
    assert distance_m(Point(command.location.lon, command.location.lat), SCENE) < 0.1


async def test_the_playbooks_times_are_scaled_when_it_is_frozen_onto_the_incident(api: Api) -> None:
    answer = (await api.report()).json()
    assert [stage["due_at"][17:19] for stage in answer["stages"]] == ["06", "18", "30"]


async def test_the_same_external_id_is_the_same_incident(api: Api) -> None:
    first, again = await api.report(PARTNER, external_id="C-1"), await api.report(PARTNER, external_id="C-1")
    other = await api.report(Principal("cad-119", Role.PARTNER, "/440100"), external_id="C-1")
    assert first.json()["incident_id"] == again.json()["incident_id"] != other.json()["incident_id"]


async def test_a_late_outcome_is_pending_and_says_where_to_ask(api: Api) -> None:
    api.incidents.answers_late = True
    answer = await api.report()
    assert (answer.status_code, answer.json()["status"]) == (202, "pending")
    assert answer.headers["location"].startswith("/dispatch/v1/commands/")


async def test_while_live_state_is_rebuilt_nothing_is_said_to_be_unknown(api: Api) -> None:
    incident_id, _, _ = await api.ordered()
    api.incidents.rebuilding = True
    answer = await api.get(f"incidents/{incident_id}", OFFICER)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (OPERATOR, 200),
        (OFFICER, 200),
        (DISTRICT, 200),
        (ELSEWHERE, 404),
        (MEMBER, 200),
        (OTHER_MEMBER, 404),
        (PARTNER, 404),
        (DISPLAY, 403),
    ],
)
async def test_who_may_see_an_incident(api: Api, who: Principal, status: int) -> None:
    incident_id, _, _ = await api.ordered()
    assert (await api.get(f"incidents/{incident_id}", who)).status_code == status
    assert (await api.get(f"incidents/{incident_id}/events", who)).status_code == status


async def test_a_partner_sees_what_it_reported(api: Api) -> None:
    incident_id = (await api.report(PARTNER)).json()["incident_id"]
    assert (await api.get(f"incidents/{incident_id}", PARTNER)).status_code == 200


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        (MEMBER, {}, 200),
        (OTHER_MEMBER, {}, 404),
        (OFFICER, {}, 403),
        (OFFICER, {"on_behalf": True}, 200),
        (OPERATOR, {"on_behalf": True}, 200),
        (MEMBER, {"on_behalf": True}, 403),
        (ELSEWHERE, {"on_behalf": True}, 404),
        (PARTNER, {}, 403),
    ],
)
async def test_who_may_acknowledge_a_units_order(api: Api, who: Principal, body: Any, status: int) -> None:
    incident_id, order_id, _ = await api.ordered()
    answer = await api.post(f"incidents/{incident_id}/orders/{order_id}/acknowledge", who, body)
    assert answer.status_code == status, answer.text
    state = api.incidents.states[incident_id]
    assert isinstance(state, Open)
    assert isinstance(state.order(order_id), Acknowledged if status == 200 else Issued)


async def test_who_lends_a_unit_answers_for_it_and_for_no_other(api: Api) -> None:
    incident_id, order_id, police_order = await api.ordered()
    incident = api.incidents.states[incident_id]
    assert isinstance(incident, Open)
    lent = [
        replace(o, assignee_station_id=NEAREST.station_id) if o.order_id == order_id else o for o in incident.orders
    ]
    api.incidents.states[incident_id] = replace(incident, orders=tuple(lent))
    assert (await api.get(f"incidents/{incident_id}", ELSEWHERE)).status_code == 200
    for verb, body in (("clear", {}), ("cancel", {"reason": "double"})):
        assert (await api.post(f"incidents/{incident_id}/{verb}", ELSEWHERE, body)).status_code == 403
    for order, status in ((police_order, 403), ("no-such", 403), (order_id, 200)):
        path = f"incidents/{incident_id}/orders/{order}/acknowledge"
        assert (await api.post(path, ELSEWHERE, {"on_behalf": True})).status_code == status


async def test_an_officer_answers_for_the_stations_own_police(api: Api) -> None:
    incident_id, _, police_order = await api.ordered()
    answer = await api.post(f"incidents/{incident_id}/orders/{police_order}/arrive", OFFICER, {"manual": True})
    assert answer.status_code == 200
    [police] = [order for order in answer.json()["orders"] if order["assignee_kind"] == "police"]
    assert (police["status"], police["manual"]) == ("arrived", True)


async def test_an_arrival_away_from_the_scene_is_refused_and_says_so(api: Api) -> None:
    incident_id, order_id, _ = await api.ordered()
    path = f"incidents/{incident_id}/orders/{order_id}/arrive"
    far = await api.post(path, MEMBER, {"location": location(lat=23.2)})
    assert (far.status_code, far.json()["code"]) == (422, "not-at-scene")
    undeclared = await api.post(path, MEMBER, {"location": without(location(), "crs")})
    assert undeclared.json()["code"] == "crs-required"
    assert (await api.post(path, MEMBER, {"location": location()})).status_code == 200


async def test_refusals_have_their_status(api: Api) -> None:
    incident_id, order_id, _ = await api.ordered()
    orders = f"incidents/{incident_id}/orders"
    assert (await api.post(f"{orders}/no-such/acknowledge", MEMBER)).status_code == 404
    assert (await api.post(f"{orders}/{order_id}/decline", MEMBER)).status_code == 200
    gone = await api.post(f"{orders}/{order_id}/acknowledge", MEMBER)
    assert (gone.status_code, gone.json()["code"]) == (409, "order-not-open")
    assert (await api.post(f"incidents/{incident_id}/clear", OFFICER)).status_code == 200
    closed = await api.post(f"incidents/{incident_id}/escalate", OFFICER, {"reason": "worse"})
    assert (closed.status_code, closed.json()["code"]) == (409, "incident-closed")
    assert (await api.post("incidents/no-such/clear", OFFICER)).json()["code"] == "incident-unknown"


@pytest.mark.parametrize(("verb", "body"), [("clear", {}), ("cancel", {"reason": "double"})])
async def test_only_whose_incident_it_is_may_end_it(api: Api, verb: str, body: Any) -> None:
    incident_id, _, _ = await api.ordered()
    path = f"incidents/{incident_id}/{verb}"
    assert (await api.post(path, MEMBER, body)).status_code == 403
    assert (await api.post(path, ELSEWHERE, body)).status_code == 404
    assert (await api.post(path, DISTRICT, body)).json()["state"] == "closed"


async def test_the_unit_hands_over_to_the_incidents_own_station_unless_told_otherwise(api: Api) -> None:
    incident_id, _, _ = await api.ordered()
    answer = await api.post(f"incidents/{incident_id}/handover", MEMBER, {})
    assert (answer.json()["state"], answer.json()["handed_over_to"]) == ("handed-over", HOME.station_id)


async def test_a_sighting_is_taken_from_who_may_not_see_the_incident_and_tells_them_nothing(api: Api) -> None:
    incident_id, _, _ = await api.ordered()
    answer = await api.post(f"incidents/{incident_id}/sightings", OTHER_MEMBER, {"note": "在地铁口"})
    assert (answer.status_code, answer.json()) == (201, {"incident_id": incident_id, "status": "accepted"})
    assert (await api.post("incidents/no-such/sightings", OTHER_MEMBER, {})).status_code == 404


@pytest.mark.parametrize(
    ("who", "params", "node", "unit"),
    [
        (OPERATOR, {}, "/440100", None),
        (OFFICER, {}, HOME.path, None),
        (DISTRICT, {"station": HOME.path}, HOME.path, None),
        (OPERATOR, {"station": NEAREST.path}, NEAREST.path, None),
        (MEMBER, {}, HOME.path, "u1"),
    ],
)
async def test_a_list_is_of_the_callers_subtree(
    api: Api, who: Principal, params: Any, node: str, unit: str | None
) -> None:
    assert (await api.get("incidents", who, **params)).status_code == 200
    [search] = api.views.searched
    assert (search.node, search.unit_id) == (node, unit)


@pytest.mark.parametrize(
    ("who", "params", "status", "field"),
    [
        (OFFICER, {"station": NEAREST.path}, 404, "station"),
        (OFFICER, {"station": "north"}, 422, "station"),
        (OFFICER, {"cursor": "???"}, 422, "cursor"),
        (OFFICER, {"limit": 0}, 422, "limit"),
        (OFFICER, {"from": "yesterday"}, 422, "from"),
        (OFFICER, {"status": "half-open"}, 422, "status"),
        (PARTNER, {}, 403, None),
    ],
)
async def test_a_wrong_question_is_answered_with_what_is_wrong(
    api: Api, who: Principal, params: Any, status: int, field: str | None
) -> None:
    answer = await api.get("incidents", who, **params)
    assert (answer.status_code, answer.json().get("field")) == (status, field)


async def test_problems_are_told_in_the_callers_language(api: Api) -> None:
    answer = await api.http.get(
        "/dispatch/v1/incidents/no-such", headers=bearer(OFFICER) | {"Accept-Language": "zh-CN"}
    )
    assert answer.json()["title"] == "没有这个警情"
