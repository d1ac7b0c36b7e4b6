"""Inboxes and deliveries over HTTP: pages, waiting, who may see what."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from openapi_spec_validator import validate
from redis.asyncio import Redis

from services.notify.adapters.redis_deliveries import DeliveryProjection
from services.notify.bootstrap import build_api
from services.notify.settings import NotifySettings
from shared.contracts.delivery import AttemptBegun, DeliveryPlanned
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Lane, Role
from tests.conformance.notify.stored import ABOUT, PLAN, STORY, T0, seen
from tests.fakes.keys import bearer
from tests.integration.notify.conftest import OFFICER, member, serving

OTHER_DISTRICT = bearer(Principal("officer-2", Role.OFFICER, "/440100/440103"))
OPERATOR = bearer(Principal("operator-1", Role.OPERATOR, "/440100"))


@pytest.fixture
async def projection(redis: Redis) -> DeliveryProjection:
    await redis.flushdb()
    return DeliveryProjection(redis, tuple(Lane))


async def deliver(projection: DeliveryProjection, number: int) -> None:
    about = {**ABOUT, "delivery_id": f"d{number}", "at": T0 + timedelta(seconds=number)}
    await projection.apply(
        [
            seen(DeliveryPlanned, f"d{number}", **{**PLAN, **about}),
            seen(AttemptBegun, f"d{number}", **about, channel="inbox", recipient_ids=("a",)),
        ]
    )


async def test_an_inbox_is_read_page_by_page(api: httpx.AsyncClient, projection: DeliveryProjection) -> None:
    for number in range(5):
        await deliver(projection, number)
    found: list[str] = []
    url: str | None = "/notify/v1/inbox?limit=2"
    while url is not None:
        response = await api.get(url, headers=member("a"))
        found += [item["id"] for item in response.json()["items"]]
        url = response.links["next"]["url"] if "next" in response.links else None
    assert found == ["d4", "d3", "d2", "d1", "d0"]


async def test_an_inbox_is_its_members_own(api: httpx.AsyncClient, projection: DeliveryProjection) -> None:
    await deliver(projection, 1)
    assert (await api.get("/notify/v1/inbox", headers=member("b"))).json() == {"items": []}
    answer = await api.post("/notify/v1/inbox/d1/acknowledge", headers=member("stranger"))
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert (await api.get("/notify/v1/inbox")).status_code == 401
    assert (await api.post("/notify/v1/inbox/d1/acknowledge")).status_code == 401


async def test_what_redis_may_have_lost_is_to_be_asked_for_again(api: httpx.AsyncClient) -> None:
    """Nothing was decided in this Redis yet, as after a loss: nobody can say that there is no such delivery."""
    answer = await api.post("/notify/v1/inbox/d7/acknowledge", headers=member("a"))
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "unavailable", "1")


async def test_a_cursor_that_is_none_of_ours_is_named(api: httpx.AsyncClient) -> None:
    answer = await api.get("/notify/v1/inbox", params={"cursor": "!!!"}, headers=member("a"))
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "cursor-invalid", "cursor")


async def test_who_waits_hears_at_once_of_what_is_new(api: httpx.AsyncClient, projection: DeliveryProjection) -> None:
    waiting = asyncio.create_task(api.get("/notify/v1/inbox", params={"wait": 20}, headers=member("a")))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    async with asyncio.timeout(5):
        await deliver(projection, 1)
        first = await waiting
    assert [item["id"] for item in first.json()["items"]] == ["d1"]

    known = {**member("a"), "If-None-Match": first.headers["ETag"]}
    again = asyncio.create_task(api.get("/notify/v1/inbox", params={"wait": 20}, headers=known))
    await asyncio.sleep(0.2)
    assert not again.done()
    async with asyncio.timeout(5):
        await projection.apply([seen(type(STORY[6].body), "d1", **ABOUT | {"delivery_id": "d1"}, reason="answered")])
        second = await again
    assert second.json()["items"][0]["withdrawn"] == "answered"


async def test_who_waits_in_vain_is_told_that_nothing_came(
    api: httpx.AsyncClient, projection: DeliveryProjection
) -> None:
    await deliver(projection, 1)
    first = await api.get("/notify/v1/inbox", headers=member("a"))
    known = {**member("a"), "If-None-Match": first.headers["ETag"]}
    assert (await api.get("/notify/v1/inbox", params={"wait": 0.3}, headers=known)).status_code == 304
    assert (await api.get("/notify/v1/inbox", params={"wait": 20}, headers=member("a"))).status_code == 200


@pytest.mark.parametrize(("headers", "count"), [(OFFICER, 1), (OPERATOR, 1), (OTHER_DISTRICT, 0)])
async def test_deliveries_are_shown_to_the_officers_of_their_subtree(
    api: httpx.AsyncClient, projection: DeliveryProjection, headers: dict[str, str], count: int
) -> None:
    await projection.apply(STORY)
    answer = await api.get("/notify/v1/deliveries", params={"incident": "i1"}, headers=headers)
    assert len(answer.json()["items"]) == count
    assert "text" not in answer.text
    assert "address" not in answer.text


async def test_deliveries_are_not_shown_to_members_and_need_an_incident(api: httpx.AsyncClient) -> None:
    refused = await api.get("/notify/v1/deliveries", params={"incident": "i1"}, headers=member("a"))
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    invalid = await api.get("/notify/v1/deliveries", headers=OFFICER)
    assert (invalid.status_code, invalid.json()["field"]) == (422, "incident")


async def test_an_incidents_deliveries_are_read_page_by_page(
    api: httpx.AsyncClient, projection: DeliveryProjection
) -> None:
    for number in range(3):
        await deliver(projection, number)
    params = {"incident": "i1", "limit": "2"}
    first = await api.get("/notify/v1/deliveries", params=params, headers=OFFICER)
    second = await api.get(first.links["next"]["url"], headers=OFFICER)
    assert [d["id"] for page in (first, second) for d in page.json()["items"]] == ["d0", "d1", "d2"]
    assert "next" not in second.links


async def test_what_is_not_decided_in_time_can_be_asked_for_later(
    notify_settings: NotifySettings, projection: DeliveryProjection
) -> None:
    """No worker runs here."""
    await deliver(projection, 1)
    async with serving(notify_settings.model_copy(update={"answer_within_s": 0.2})) as client:
        answer = await client.post("/notify/v1/inbox/d1/acknowledge", headers=member("a"))
        assert answer.status_code == 202
        later = await client.get(answer.headers["Location"], headers=member("a"))
        assert (later.status_code, later.json()["status"]) == (202, "pending")


def test_the_openapi_document_is_valid(notify_settings: NotifySettings) -> None:
    document = build_api(notify_settings).openapi()
    validate(document)
    assert {"/notify/v1/inbox", "/notify/v1/inbox/{delivery_id}/acknowledge", "/notify/v1/deliveries"} <= set(
        document["paths"]
    )
