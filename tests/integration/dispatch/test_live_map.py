"""The map of the running API: on a real Kafka and a real Redis, with the worker beside it."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from services.dispatch.adapters.live_map import LiveMap
from services.dispatch.adapters.map_beginning import MapBeginning
from services.dispatch.application.map_sight import Sight
from services.dispatch.application.mapped_unit import FIELDS
from services.dispatch.application.unit_map import UnitMap
from services.dispatch.bootstrap import FOLDED, LONGEST_DUTY
from services.dispatch.settings import DispatchSettings
from shared.contracts.base import Place
from shared.contracts.envelope import Envelope, encode
from shared.contracts.positions import Fix, PositionsReported
from shared.contracts.topics import DUTY, INCIDENTS, POSITIONS, UNITS
from shared.platform.clock import SystemClock
from shared.platform.producer import EventProducer
from tests.fakes.keys import PUBLIC_KEY, bearer
from tests.integration.dispatch.running import (
    OPERATOR,
    Dispatch,
    Quarter,
    eventually,
    new_id,
    running_dispatch,
    served,
)

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def dispatch(topics_applied: str, redis_url: str) -> AsyncGenerator[Dispatch]:
    settings = DispatchSettings(
        kafka_bootstrap=topics_applied,
        redis_url=redis_url,
        token_public_key=PUBLIC_KEY,
        answer_within_s=20,
        rest_after_s=600,
    )
    async with running_dispatch(settings) as running:
        yield running


Row = dict[str, Any]


def by_unit(rows: list[list[Any]]) -> dict[str, Row]:
    return {row[0]: dict(zip(FIELDS, row, strict=True)) for row in rows}


async def shown(dispatch: Dispatch, quarter: Quarter) -> dict[str, Row]:
    """What an officer of the quarter has on the map."""
    answer = await dispatch.get("map/units", quarter.officer())
    assert answer.status_code == 200, answer.text
    return by_unit(answer.json()["rows"])


async def on_duty(dispatch: Dispatch, quarter: Quarter, *units: str) -> dict[str, Row]:
    """The map, once it shows these on duty."""

    async def all_there() -> dict[str, Row] | None:
        rows = await shown(dispatch, quarter)
        return rows if all(rows.get(unit, {}).get("duty") == "on" for unit in units) else None

    return await eventually(all_there)


async def move(dispatch: Dispatch, quarter: Quarter, unit_id: str, place: Place) -> None:
    fix = Fix(
        unit_id=unit_id,
        member_id=f"{unit_id}-m1",
        lon=place.lon,
        lat=place.lat,
        accuracy_m=5,
        time=SystemClock().now() + timedelta(seconds=1),
    )
    body = PositionsReported(station_id=quarter.station_id, path=quarter.path, fixes=(fix,))
    await dispatch.publish(POSITIONS, quarter.station_id, body)


@asynccontextmanager
async def watching(dispatch: Dispatch, view: str) -> AsyncGenerator[AsyncIterator[dict[str, Any]]]:
    """The `units` events of an operator's stream."""
    path = f"/dispatch/v1/stream?view={view}"
    async with dispatch.http.stream("GET", path, headers=bearer(OPERATOR)) as answer:
        assert answer.status_code == 200

        async def told() -> AsyncIterator[dict[str, Any]]:
            name = ""
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: ") and name == "units":
                    yield json.loads(line[6:])

        yield told()


def around(quarter: Quarter) -> str:
    lon, lat = quarter.scene.lon, quarter.scene.lat
    return f"{lon - 0.4},{lat - 0.4},{lon + 0.4},{lat + 0.4}"


async def test_a_console_sees_a_unit_move_be_ordered_rest_and_go(dispatch: Dispatch) -> None:
    quarter, unit = Quarter(), new_id()
    await dispatch.settle(quarter, {unit: 100})

    row = (await on_duty(dispatch, quarter, unit))[unit]
    assert (row["members"], row["busy"], row["name"]) == (4, None, "单元")
    async with asyncio.timeout(60), watching(dispatch, around(quarter)) as told:
        first = await anext(told)
        assert (first["snapshot"], [row[0] for row in first["rows"]]) == (True, [unit])

        async def next_row(**expected: Any) -> Row:
            while True:
                row = by_unit((await anext(told))["rows"]).get(unit, {})
                if {name: row.get(name) for name in expected} == expected:
                    return row

        there = quarter.north(250)
        await move(dispatch, quarter, unit, there)
        row = await next_row(lat=pytest.approx(there.lat, abs=1e-6))
        assert row["seen_at"] > 0

        incident_id = (await dispatch.report(quarter, quarter.officer()))["incident_id"]
        order = (await dispatch.orders(incident_id, 2))[unit]
        await next_row(busy="ordered")
        path = f"incidents/{incident_id}/orders/{order['order_id']}/arrive"
        assert (await dispatch.post(path, quarter.member(unit), {"manual": True})).status_code == 200
        await dispatch.post(f"incidents/{incident_id}/clear", quarter.officer(), {})
        await next_row(busy="resting")

        producer = EventProducer(dispatch.settings.kafka_bootstrap)
        await producer.start()
        deleted = Envelope(new_id(), "/test", "meu.registry.unit.v1", unit, SystemClock().now(), "test")
        await producer.publish_one(UNITS.name, encode(deleted, None))
        await producer.stop()
        while unit not in (await anext(told))["gone"]:
            pass


async def read_anew(settings: DispatchSettings, redis: Redis, quarter: Quarter) -> dict[str, Row]:
    """What an API process that begins now has on its map."""
    units = UnitMap()
    live = LiveMap(
        units,
        settings.kafka_bootstrap,
        MapBeginning(redis, FOLDED, (DUTY, POSITIONS, INCIDENTS)),
        {DUTY: LONGEST_DUTY, POSITIONS: timedelta(hours=1), INCIDENTS: None},
        SystemClock(),
        rest_s=settings.rest_after_s,
    )
    try:
        await live.start()
        assert await live.check() is None
        return by_unit([json.loads(text) for text in units.snapshot(Sight(quarter.path)).rows])
    finally:
        await live.stop()


async def test_a_process_that_begins_later_knows_what_the_others_know_whatever_redis_holds(
    dispatch: Dispatch,
) -> None:
    quarter, ordered, moved = Quarter(), new_id(), new_id()
    await dispatch.settle(quarter, {ordered: 100, moved: 5000})
    await on_duty(dispatch, quarter, ordered, moved)
    await move(dispatch, quarter, moved, quarter.north(5100))
    incident_id = (await dispatch.report(quarter, quarter.officer()))["incident_id"]
    await dispatch.orders(incident_id, 2)

    async def known() -> dict[str, Row] | None:
        rows = await shown(dispatch, quarter)
        is_moved = rows[moved]["lat"] == pytest.approx(quarter.north(5100).lat, abs=1e-6)
        return rows if is_moved and rows[ordered]["busy"] == "ordered" else None

    rows = await eventually(known)
    assert await read_anew(dispatch.settings, dispatch.redis, quarter) == rows
    empty: Redis = Redis.from_url(dispatch.settings.redis_url, db=9)  # as if it had lost everything a moment ago
    assert await read_anew(dispatch.settings, empty, quarter) == rows
    await empty.aclose()


async def test_the_map_lives_on_without_redis_and_an_api_says_when_it_has_read_it(dispatch: Dispatch) -> None:
    quarter, unit = Quarter(), new_id()
    await dispatch.settle(quarter, {unit: 100})
    async with served(dispatch.settings) as http:

        async def ready() -> bool:
            return (await http.get("/readyz")).status_code == 200

        await eventually(ready)
        answer = await http.get("/dispatch/v1/map/units", headers=bearer(quarter.officer()))
        assert by_unit(answer.json()["rows"])[unit]["duty"] == "on"
    await on_duty(dispatch, quarter, unit)
    await dispatch.redis.flushall()
    await move(dispatch, quarter, unit, quarter.north(300))

    async def has_moved() -> bool:
        row = (await shown(dispatch, quarter))[unit]
        return row["duty"] == "on" and row["lat"] == pytest.approx(quarter.north(300).lat, abs=1e-6)

    await eventually(has_moved)
