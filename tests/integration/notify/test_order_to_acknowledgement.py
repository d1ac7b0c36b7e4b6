"""From an order on dispatch's topic to a member's acknowledgement on ours."""

from functools import partial
from typing import Any

import httpx

from services.notify.settings import NotifySettings
from shared.contracts.delivery import AttemptBegun, AttemptEnded, DeliveryAcknowledged, DeliveryWithdrawn
from shared.contracts.incident import IncidentReported, OrderAcknowledged, OrderIssued, OrderWithdrawn
from shared.platform.worker import Worker
from shared.vocabulary.terms import Lane
from tests.integration.notify.conftest import OFFICER, member, working
from tests.integration.notify.stories import Story, eventually, planned

INBOX = {"kind": "inbox", "address": ""}


async def inbox_of(api: httpx.AsyncClient, member_id: str, wait: float = 20) -> list[Any]:
    response = await api.get("/notify/v1/inbox", params={"wait": wait}, headers=member(member_id))
    assert response.status_code == 200, response.text
    return response.json()["items"]


async def test_an_order_reaches_the_inbox_and_is_acknowledged_on_the_topic(
    worker: Worker, api: httpx.AsyncClient, story: Story, notify_settings: NotifySettings
) -> None:
    who = await story.member_on_duty(INBOX)
    await story.happens(IncidentReported, description="一名女孩往体育中心去了")
    await story.happens(OrderIssued)
    item = await eventually(lambda: _first(api, who))
    assert item["order_id"] == story.order_id
    assert item["actions"] == ["acknowledge", "decline", "arrive"]
    assert "一名女孩往体育中心去了" in item["text"]
    assert item["number"] in item["text"]

    answer = await api.post(f"/notify/v1/inbox/{item['id']}/acknowledge", headers=member(who))
    assert (answer.status_code, answer.json()) == (200, {"id": item["id"], "acknowledged": True})
    events: list[Any] = []

    async def is_over() -> bool:
        events[:] = await story.deliveries(notify_settings.kafka_bootstrap)
        return {DeliveryAcknowledged, AttemptEnded} <= {type(event) for event in events}

    await eventually(is_over)  # the inbox shows it before its attempt has ended
    assert [e.member_id for e in events if isinstance(e, DeliveryAcknowledged)] == [who]
    begun = [e for e in events if isinstance(e, AttemptBegun) and who in e.recipient_ids]
    ended = [e for e in events if isinstance(e, AttemptEnded)]
    assert len(begun) == 1
    assert [(r.member_id, r.outcome.value) for e in ended for r in e.results] == [(who, "accepted")]
    assert (await inbox_of(api, who))[0]["acknowledged_at"] is not None


async def _first(api: httpx.AsyncClient, who: str) -> Any:
    items = await inbox_of(api, who)
    return items[0] if items else None


async def test_an_answered_order_is_withdrawn_and_a_stand_down_is_told(
    worker: Worker, api: httpx.AsyncClient, story: Story, notify_settings: NotifySettings
) -> None:
    who = await story.member_on_duty(INBOX)
    await story.happens(OrderIssued)
    await eventually(lambda: _first(api, who))
    await story.happens(OrderAcknowledged)
    await story.happens(OrderWithdrawn, reason="stage-attained")

    async def stood_down() -> Any:
        items = await inbox_of(api, who, wait=0)
        return items if [item["purpose"] for item in items] == ["stand-down", "order"] else None

    newest, order = await eventually(stood_down)
    assert order["withdrawn"] == "answered"
    assert newest["withdrawn"] is None
    events = await story.deliveries(notify_settings.kafka_bootstrap)
    assert [e.reason for e in events if isinstance(e, DeliveryWithdrawn)] == ["answered"]


async def test_who_has_no_channel_is_shown_as_a_gap_and_holds_up_nobody(
    worker: Worker, api: httpx.AsyncClient, story: Story, notify_settings: NotifySettings
) -> None:
    reached, unreachable = await story.member_on_duty(INBOX), await story.member_on_duty()
    await story.happens(OrderIssued)
    await eventually(lambda: _first(api, reached))

    async def shown() -> Any:
        page = await api.get("/notify/v1/deliveries", params={"incident": story.incident_id}, headers=OFFICER)
        found = [d for d in page.json()["items"] if d["purpose"] == "order" and d["gaps"]]
        states = {r["member_id"]: r["state"] for d in found for r in d["recipients"]}
        return (found, states) if states.get(reached) == "accepted" else None

    (delivery,), states = await eventually(shown)
    assert states == {reached: "accepted", unreachable: "unreachable"}
    assert delivery["gaps"] == 1
    assert "text" not in delivery
    events = await story.deliveries(notify_settings.kafka_bootstrap)
    assert len(planned(events, "order")) == 1


async def test_a_lanes_worker_does_its_lane_and_leaves_the_others_to_theirs(
    api: httpx.AsyncClient, story: Story, notify_settings: NotifySettings
) -> None:
    who = await story.member_on_duty(INBOX)
    drill = f"{story.order_id}-drill"
    await story.happens(OrderIssued, order_id=drill, drill=True)
    await story.happens(OrderIssued)
    for lane, orders in ((Lane.EMERGENCY, [story.order_id]), (Lane.NORMAL, [story.order_id, drill])):
        async with working(notify_settings, (lane,)):
            items = await eventually(partial(_items, api, who, len(orders)))
        assert {item["order_id"] for item in items} == set(orders)


async def _items(api: httpx.AsyncClient, who: str, count: int) -> Any:
    items = await inbox_of(api, who, wait=0)
    return items if len(items) >= count else None
