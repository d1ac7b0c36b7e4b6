"""From the report to the end, through worker and API, on a real Kafka and a real Redis."""

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from services.dispatch.adapters.incident_tail import IncidentTail
from services.dispatch.settings import DispatchSettings
from shared.contracts import incident
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.fakes.keys import PUBLIC_KEY, bearer, token_for
from tests.integration.dispatch.running import OPERATOR, Dispatch, Quarter, eventually, new_id, running_dispatch

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def dispatch(topics_applied: str, redis_url: str) -> AsyncGenerator[Dispatch]:
    settings = DispatchSettings(
        kafka_bootstrap=topics_applied,
        redis_url=redis_url,
        token_public_key=PUBLIC_KEY,
        answer_within_s=20,
        rest_after_s=0,
    )
    async with running_dispatch(settings) as running:
        yield running


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"].split(".")[-2] for event in events]


def here(quarter: Quarter) -> dict[str, Any]:
    return {"lon": quarter.scene.lon, "lat": quarter.scene.lat, "accuracy_m": 10, "crs": "wgs84"}


async def test_an_incident_from_its_report_to_its_end_with_redis_emptied_in_the_middle(dispatch: Dispatch) -> None:
    quarter, one, two, three = Quarter(), new_id(), new_id(), new_id()
    await dispatch.settle(quarter, {one: 100, two: 300, three: 700})
    officer = quarter.officer()
    reported = await dispatch.report(quarter, officer)
    incident_id = reported["incident_id"]
    assert (reported["state"], reported["class"], reported["station_id"]) == (
        "open",
        "public-order",
        quarter.station_id,
    )

    orders = await dispatch.orders(incident_id, 3)  # one unit for each of two stages, and the police
    assert set(orders) == {one, two, quarter.station_id}
    assert (await answer(dispatch, incident_id, orders[one], quarter.member(one), "acknowledge")).status_code == 200

    await dispatch.redis.flushall()

    arrived = await answer(dispatch, incident_id, orders[one], quarter.member(one), "arrive", location=here(quarter))
    assert arrived.status_code == 200, arrived.text
    arrived = await answer(dispatch, incident_id, orders[two], quarter.member(two), "arrive", location=here(quarter))
    assert {stage["number"]: stage["in_time"] for stage in arrived.json()["stages"]} == {1: True, 3: True, 5: None}

    other = await dispatch.report(quarter, officer)  # both units are still taken, though Redis had forgotten it
    others = await dispatch.orders(other["incident_id"], 2)
    assert three in others
    assert not {one, two} & set(others)

    police = await answer(dispatch, incident_id, orders[quarter.station_id], officer, "acknowledge")
    assert police.status_code == 200, police.text
    handed = await dispatch.post(f"incidents/{incident_id}/handover", quarter.member(one), {"note": "交民警"})
    assert (handed.json()["state"], handed.json()["handed_over_to"]) == ("handed-over", quarter.station_id)
    cleared = await dispatch.post(f"incidents/{incident_id}/clear", officer, {"outcome": "suspect-detained"})
    assert (cleared.json()["state"], cleared.json()["outcome"]) == ("closed", "suspect-detained")

    events = await dispatch.events(incident_id, "incident-cleared")
    assert kinds(events)[0] == "incident-reported"
    assert kinds(events).count("order-issued") == 3
    assert kinds(events).count("stage-attained") == 3
    for event in events:
        name = "".join(part.title() for part in event["type"].split(".")[-2].split("-"))
        getattr(incident, name).model_validate(event["data"])


async def answer(
    dispatch: Dispatch, incident_id: str, order: dict[str, Any], who: Principal, verb: str, **body: Any
) -> Any:
    return await dispatch.post(f"incidents/{incident_id}/orders/{order['order_id']}/{verb}", who, body)


async def test_who_declines_is_replaced_by_the_next_nearest(dispatch: Dispatch) -> None:
    quarter, one, two, three = Quarter(), new_id(), new_id(), new_id()
    await dispatch.settle(quarter, {one: 100, two: 300, three: 500})
    incident_id = (await dispatch.report(quarter, quarter.officer()))["incident_id"]
    orders = await dispatch.orders(incident_id, 3)
    await answer(dispatch, incident_id, orders[one], quarter.member(one), "decline", reason="on-another-call")
    assert three in await dispatch.orders(incident_id, 4)


async def test_an_officer_orders_a_unit_by_name_and_stands_it_down_again(dispatch: Dispatch) -> None:
    quarter, one, two, three = Quarter(), new_id(), new_id(), new_id()
    await dispatch.settle(quarter, {one: 100, two: 300, three: 30_000})
    officer = quarter.officer()
    place = {"lon": quarter.scene.lon, "lat": quarter.scene.lat}
    proposal = {"class": "public-order", "severity": "serious", "location": place}
    proposed = (await dispatch.post("proposals", officer, proposal)).json()["candidates"]
    assert [(each["unit_id"], each["chosen"]) for each in proposed] == [(one, True), (two, True)]

    incident_id = (await dispatch.report(quarter, officer))["incident_id"]
    await dispatch.orders(incident_id, 3)
    answer = await dispatch.post(f"incidents/{incident_id}/orders", officer, {"unit_id": three})
    assert answer.status_code == 200, answer.text
    order = (await dispatch.orders(incident_id, 4))[three]
    assert order["distance_m"] == pytest.approx(30_000, rel=0.01)

    other_id = (await dispatch.report(quarter, officer))["incident_id"]
    busy = await dispatch.post(f"incidents/{other_id}/orders", officer, {"unit_id": three})
    assert (busy.status_code, busy.json()["code"], busy.json()["detail"]) == (409, "unit-busy", "claimed")
    path = f"incidents/{incident_id}/orders/{order['order_id']}/withdraw"
    stood_down = await dispatch.post(path, officer, {"reason": "wrong-unit"})
    assert stood_down.status_code == 200, stood_down.text

    async def ordered_elsewhere() -> bool:
        answer = await dispatch.post(f"incidents/{other_id}/orders", officer, {"unit_id": three})
        return answer.status_code == 200

    await eventually(ordered_elsewhere)
    assert three in await dispatch.orders(other_id, 2)
    events = await dispatch.events(incident_id, "order-withdrawn")
    by_name = [event["data"] for event in events if event["data"].get("assignee_id") == three]
    assert [event["by"] for event in by_name] == [officer.subject, officer.subject]
    assert by_name[-1]["for_good"]
    assert [event["data"]["round"] for event in events if event["data"].get("named")] == [3]


async def test_the_units_picked_with_a_report_are_the_ones_that_are_ordered(dispatch: Dispatch) -> None:
    quarter, near, nearer, picked, also = Quarter(), new_id(), new_id(), new_id(), new_id()
    await dispatch.settle(quarter, {near: 200, nearer: 100, picked: 5000, also: 6000})
    incident_id = (await dispatch.report(quarter, quarter.officer(), units=[picked, also]))["incident_id"]
    assert set(await dispatch.orders(incident_id, 3)) == {picked, also, quarter.station_id}


async def test_a_real_incident_takes_a_unit_out_of_a_drill(dispatch: Dispatch) -> None:
    quarter, unit = Quarter(), new_id()
    await dispatch.settle(quarter, {unit: 100})
    drill_id = (await dispatch.report(quarter, quarter.officer(), drill=True))["incident_id"]
    assert unit in await dispatch.orders(drill_id, 2)
    real_id = (await dispatch.report(quarter, quarter.officer()))["incident_id"]
    assert unit in await dispatch.orders(real_id, 2)

    async def withdrawn() -> bool:
        return (await dispatch.orders(drill_id, 2))[unit]["reason"] == "assigned-elsewhere"

    await eventually(withdrawn)
    assert (await dispatch.orders(real_id, 2))[unit]["status"] == "issued"


async def test_another_systems_report_comes_twice_and_is_one_incident(dispatch: Dispatch) -> None:
    quarter = Quarter()
    await dispatch.settle(quarter, {})
    partner = Principal("cad-110", Role.PARTNER, "/440100")
    first = await dispatch.report(quarter, partner, external_id="CAD-1")
    again = await dispatch.report(quarter, partner, external_id="CAD-1", description="again")
    assert first["incident_id"] == again["incident_id"]
    assert first["station_id"] == quarter.station_id  # the nearest
    assert first["source"] == {"kind": "external", "id": "cad-110"}
    events = await dispatch.events(first["incident_id"], "order-issued")
    assert kinds(events).count("incident-reported") == 1


async def test_what_lies_outside_the_callers_subtree_is_not_there(dispatch: Dispatch) -> None:
    quarter, elsewhere, unit = Quarter(), Quarter(), new_id()
    await dispatch.settle(quarter, {unit: 100})
    await dispatch.settle(elsewhere, {})
    incident_id = (await dispatch.report(quarter, quarter.officer()))["incident_id"]
    await dispatch.orders(incident_id, 2)
    for path in (f"incidents/{incident_id}", f"incidents/{incident_id}/events"):
        for who, status in (
            (quarter.officer(), 200),
            (OPERATOR, 200),
            (quarter.member(unit), 200),
            (elsewhere.officer(), 404),
            (quarter.member(new_id()), 404),
        ):
            assert (await dispatch.get(path, who)).status_code == status
    assert (await dispatch.post(f"incidents/{incident_id}/clear", elsewhere.officer(), {})).status_code == 404
    assert (await dispatch.post(f"incidents/{incident_id}/clear", quarter.member(unit), {})).status_code == 403
    sighting = await dispatch.post(f"incidents/{incident_id}/sightings", elsewhere.member("u"), {"note": "在喷泉旁"})
    assert sighting.json() == {"incident_id": incident_id, "status": "accepted"}


async def test_lists_are_paged_filtered_and_kept_to_the_subtree(dispatch: Dispatch) -> None:
    quarter, elsewhere = Quarter(), Quarter()
    await dispatch.settle(quarter, {})
    await dispatch.settle(elsewhere, {})
    ids = [(await dispatch.report(quarter, quarter.officer()))["incident_id"] for _ in range(5)]
    await dispatch.report(elsewhere, elsewhere.officer())
    await dispatch.post(f"incidents/{ids[0]}/cancel", quarter.officer(), {"reason": "double"})
    await dispatch.events(ids[0], "incident-cancelled")
    await dispatch.events(ids[4], "order-issued")

    async def listed(**params: Any) -> list[str]:
        found: list[str] = []
        answer = await dispatch.get("incidents", quarter.officer(), limit=2, **params)
        while True:
            found += [each["incident_id"] for each in answer.json()]
            if "next" not in answer.links:
                return found
            answer = await dispatch.http.get(answer.links["next"]["url"], headers=bearer(quarter.officer()))

    assert await listed() == ids[::-1]
    assert await listed(status="open") == ids[:0:-1]
    assert await listed(status="closed") == ids[:1]
    assert await listed(**{"class": "rescue"}) == []
    outside = await dispatch.get("incidents", quarter.officer(), station=elsewhere.path)
    assert outside.status_code == 404
    everywhere = await dispatch.get("incidents", OPERATOR, station=elsewhere.path)
    assert len(everywhere.json()) == 1


async def test_the_stream_is_resumed_where_it_was_left_within_the_callers_subtree(dispatch: Dispatch) -> None:
    quarter, elsewhere = Quarter(), Quarter()
    await dispatch.settle(quarter, {})
    await dispatch.settle(elsewhere, {})

    async def listen(until: str, last_event_id: str | None = None, *, act: Any = None) -> list[tuple[str, str, str]]:
        """(id, event, incident) up to the first event of the kind `until`."""
        headers = bearer(quarter.officer()) | ({"Last-Event-ID": last_event_id} if last_event_id else {})
        seen: list[tuple[str, str, str]] = []
        async with asyncio.timeout(40), dispatch.http.stream("GET", "/dispatch/v1/stream", headers=headers) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            frame: dict[str, str] = {}
            async for line in answer.aiter_lines():
                name, _, value = line.partition(": ")
                frame |= {name: value} if line else {}
                if line == "" and act is not None:
                    await act()
                    act = None
                if line == "" and "data" in frame:
                    seen.append((frame["id"], frame["event"], json.loads(frame["data"])["incident_id"]))
                    frame = {}
                    if seen[-1][1] == until:
                        return seen
        return seen

    incidents: list[str] = []

    async def report() -> None:
        await dispatch.report(elsewhere, elsewhere.officer())
        incidents.append((await dispatch.report(quarter, quarter.officer()))["incident_id"])

    seen = await listen("order-issued", act=report)
    assert {each[2] for each in seen} == set(incidents)
    assert seen[0][1] == "incident-reported"
    await dispatch.post(f"incidents/{incidents[0]}/clear", quarter.officer(), {})
    resumed = await listen("incident-cleared", last_event_id=seen[0][0])
    assert "incident-reported" not in [event for _, event, _ in resumed]
    assert [event for _, event, _ in seen[1:]] == [event for _, event, _ in resumed[: len(seen) - 1]]
    broken = await dispatch.http.get("/dispatch/v1/stream", headers=bearer(OPERATOR) | {"Last-Event-ID": "???"})
    assert (broken.status_code, broken.json()["field"]) == (422, "Last-Event-ID")


async def test_a_stream_that_its_token_ends_goes_on_under_the_next_one_without_a_gap(dispatch: Dispatch) -> None:
    quarter = Quarter()
    await dispatch.settle(quarter, {})
    position = ""
    expires_soon = {"Authorization": f"Bearer {token_for(quarter.officer(), timedelta(seconds=3))}"}
    names: list[str] = []
    incident_id = ""
    async with asyncio.timeout(40), dispatch.http.stream("GET", "/dispatch/v1/stream", headers=expires_soon) as answer:
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            position = value if name == "id" else position
            if not incident_id:
                incident_id = (await dispatch.report(quarter, quarter.officer()))["incident_id"]
            names += [value] if name == "event" else []
    assert names[-1] == "token-expired"
    await dispatch.post(f"incidents/{incident_id}/cancel", quarter.officer(), {"reason": "double"})
    resumed = bearer(quarter.officer()) | {"Last-Event-ID": position}
    async with asyncio.timeout(40), dispatch.http.stream("GET", "/dispatch/v1/stream", headers=resumed) as answer:
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            names += [value] if name == "event" else []
            if names[-1] == "incident-cancelled":
                break
    told = kinds(await dispatch.events(incident_id, "incident-cancelled"))
    assert [name for name in names if name != "token-expired"] == told


async def test_a_stream_left_before_this_process_began_is_resumed_from_the_log(dispatch: Dispatch) -> None:
    quarter = Quarter()
    await dispatch.settle(quarter, {})
    incident_id = (await dispatch.report(quarter, quarter.officer()))["incident_id"]
    tail = IncidentTail(dispatch.settings.kafka_bootstrap)
    await tail.start()
    try:
        with tail.listen() as listener:
            beginning = dict.fromkeys(listener.start, 0)
            missed = [item async for item in tail.between(beginning, listener.start)]
            own = [item for item in missed if item.envelope.subject == incident_id]
            assert type(own[0].body).__name__ == "IncidentReported"
            await dispatch.post(f"incidents/{incident_id}/cancel", quarter.officer(), {"reason": "double"})
            live = await listener.next(within_s=20)
            assert live is not None
            assert live.envelope.sequence == (own[-1].envelope.sequence or 0) + 1
    finally:
        await tail.stop()


async def test_the_same_idempotency_key_reports_one_incident(dispatch: Dispatch) -> None:
    quarter = Quarter()
    await dispatch.settle(quarter, {})
    body = {"class": "rescue", "severity": "minor", "location": here(quarter)}
    key = {"Idempotency-Key": new_id()}
    first = await dispatch.post("incidents", quarter.officer(), body, **key)
    again = await dispatch.post("incidents", quarter.officer(), body, **key)
    assert first.status_code == again.status_code == 201
    assert first.json()["incident_id"] == again.json()["incident_id"]
    assert first.headers["location"] == f"/dispatch/v1/incidents/{first.json()['incident_id']}"
