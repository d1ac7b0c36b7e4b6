"""Hazards from end to end: over HTTP, through the log, into the list; and once each, whatever breaks."""

import asyncio

import httpx
from redis.asyncio import Redis

from services.checkin.adapters.hazard_ledger import HAZARD_DECIDING
from services.checkin.bootstrap import build_worker
from tests.fakes.keys import bearer
from tests.integration.checkin.conftest import OPERATOR, City, eventually
from tests.integration.checkin.test_check_in import events_of

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4000  # a megabyte


async def report(city: City, key: str = "once", photo: bytes = JPEG) -> httpx.Response:
    fields = {"unit_id": f"u-{city.key}", "kind": "fire", "note": "灭火器过期", "crs": "wgs84", "accuracy_m": "10"}
    place = {"lon": "113.3192", "lat": "23.1392"}
    return await city.http.post(
        "/checkin/v1/hazards",
        data={**fields, **place},
        files={"photo": ("photo.jpg", photo, "image/jpeg")},
        headers={**bearer(city.member(0)), "Idempotency-Key": key},
    )


async def listed(city: City, query: str = "") -> list[str]:
    items = (await city.get(city.member(1), f"/hazards{query}")).json()["items"]
    return [item["hazard_id"] for item in items]


async def test_a_hazard_is_found_listed_put_right_and_verified(city: City) -> None:
    answer = await report(city)
    assert answer.status_code == 201, answer.text
    id_ = answer.json()["hazard_id"]
    assert (await city.get(city.member(1), f"/hazards/{id_}")).json() == answer.json()

    async def is_listed() -> bool:
        return await listed(city, "?status=reported") == [id_]

    await eventually(is_listed)
    assert (await city.get(OPERATOR, f"/hazards/{id_}/photo")).content == JPEG
    assert (await city.post(city.member(1), f"/hazards/{id_}/rectify", {"note": "已更换"})).status_code == 200
    seen = await city.post(OPERATOR, f"/hazards/{id_}/verify", {"note": "已复查"})
    assert seen.json()["status"] == "verified", seen.text

    async def is_done() -> bool:
        return await listed(city, "?status=verified") == [id_]

    await eventually(is_done)
    events = await events_of(city, HAZARD_DECIDING.events, id_)
    assert [(e.type.split(".")[2], e.sequence) for e, _ in events] == [
        ("hazard-reported", 1),
        ("hazard-rectified", 2),
        ("hazard-verified", 3),
    ]


async def test_the_same_report_twice_is_one_hazard_also_when_its_answer_is_forgotten(city: City) -> None:
    first = await report(city)
    async with Redis.from_url(city.settings.redis_url) as redis:
        await redis.delete(*await redis.keys("checkin:answers:*"))
    again = await report(city)
    assert (first.status_code, again.status_code) == (201, 201), again.text
    assert again.json() == first.json()
    events = await events_of(city, HAZARD_DECIDING.events, first.json()["hazard_id"])
    assert len(events) == 1


async def test_live_state_that_is_lost_comes_back_from_the_log_and_duty_is_left_alone(city: City) -> None:
    assert (await city.check_in(0)).status_code == 201
    id_ = (await report(city)).json()["hazard_id"]
    async with Redis.from_url(city.settings.redis_url) as redis:
        await redis.delete(*await redis.keys("{checkin-hazards:*"))
    async with asyncio.timeout(30):  # somebody tries again for as long as that is asked for
        while (right := await city.post(city.member(1), f"/hazards/{id_}/rectify", {"note": ""})).status_code == 503:
            await asyncio.sleep(0.05)
    assert (right.status_code, right.json()["status"]) == (200, "rectified")
    assert (await city.get(OPERATOR, f"/units/u-{city.key}")).json()["duty"]["state"] == "short"


async def test_a_worker_that_takes_over_keeps_the_list_going(city: City) -> None:
    first = (await report(city, "one")).json()["hazard_id"]
    other = build_worker(city.settings)
    await other.start()
    try:
        second = (await report(city, "two")).json()["hazard_id"]

        async def both() -> bool:
            return set(await listed(city)) == {first, second}

        await eventually(both)
    finally:
        await other.stop()
