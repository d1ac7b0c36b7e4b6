"""The scenarios of the field, played on the whole system and checked from the outside: HTTP, topics, figures."""

import asyncio
from collections.abc import Callable

import pytest
import redis

from deploy.local.demo import CheckRow, play, play_hazards
from deploy.local.demo.accounts import OPERATOR
from deploy.local.demo.city import City
from deploy.local.demo.client import Api
from deploy.local.system import System
from tests.e2e.conftest import TIME_FACTOR
from tests.e2e.disruption import incidents, mend, when_an_order_is

pytestmark = pytest.mark.timeout(400)


def failed(rows: list[CheckRow]) -> list[str]:
    return [f"{row.scenario}: {row.what}: expected {row.expected}, seen {row.seen}" for row in rows if not row.ok]


async def played(system: System, city: City, *names: str) -> list[CheckRow]:
    return await play(system.base_url, system.kafka_bootstrap, system.issue, city, names, TIME_FACTOR)


async def played_with(
    system: System, city: City, name: str, status: str, strike: Callable[[], None]
) -> tuple[list[CheckRow], bool]:
    """The scenario's rows, and whether the blow fell: as soon as one of its orders had this status."""
    async with Api(system.base_url, system.issue) as api:
        known = await incidents(api.caller(OPERATOR))
    mending = asyncio.create_task(mend(system))
    striking = asyncio.create_task(when_an_order_is(status, system, strike, known))
    try:
        return await played(system, city, name), striking.done()
    finally:
        striking.cancel()
        mending.cancel()
        await asyncio.gather(striking, mending, return_exceptions=True)


async def test_s1_s2_and_s4_end_as_the_field_expects_and_every_message_keeps_its_contract(
    system: System, city: City
) -> None:
    rows = await played(system, city, "S1", "S2", "S4")
    assert failed(rows) == []
    assert {row.scenario for row in rows} == {"S1", "S2", "S4", "run"}


async def test_hazards_are_listed_as_they_were_left(system: System, city: City) -> None:
    rows = await play_hazards(system.base_url, system.issue, city)
    assert rows
    assert failed(rows) == []


@pytest.mark.parametrize(
    ("victim", "name", "status"),
    [
        ("dispatch-worker", "S1", "issued"),
        ("notify-worker", "S4", "issued"),
        ("checkin-worker", "S1", "acknowledged"),
        ("api", "S4", "acknowledged"),
    ],
)
async def test_a_process_killed_in_mid_scenario_changes_no_outcome(
    system: System, city: City, victim: str, name: str, status: str
) -> None:
    before = system.restarts
    rows, struck = await played_with(system, city, name, status, system.processes[victim].kill)
    assert struck
    assert system.restarts == before + 1
    assert failed(rows) == []


async def test_a_redis_that_forgets_everything_in_mid_scenario_changes_no_outcome(system: System, city: City) -> None:
    def flush() -> None:
        with redis.Redis.from_url(system.redis_url) as client:
            client.flushall()

    rows, struck = await played_with(system, city, "S1", "acknowledged", flush)
    assert struck
    assert failed(rows) == []
