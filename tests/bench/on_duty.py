"""A stage with a whole city on duty in dispatch's directory."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from redis.asyncio import Redis

from services.dispatch.adapters.redis_units import PREFIX
from shared.platform.clock import SystemClock
from tests.bench.city import OnDuty, Told, checked_in, member_states, on_duty, publish, registered
from tests.bench.load import run
from tests.bench.progress import eventually

GEO = f"{PREFIX}geo"
FOLDED_WITHIN_S = 120.0


def publish_city(bootstrap: str, city: Sequence[OnDuty], with_people: Sequence[OnDuty] = ()) -> int:
    """In the load process: stations, units and their duty; of some units also each member, and when each came."""
    return run(publish(bootstrap, _told(city, with_people, SystemClock().now())))


async def until_in_directory(redis: "Redis", units: int) -> None:
    """Return once so many units may be sent."""

    async def all_there() -> bool:
        return await redis.zcard(GEO) == units

    await eventually(all_there, FOLDED_WITHIN_S)


def _told(city: Sequence[OnDuty], with_people: Sequence[OnDuty], now: datetime) -> Iterator[Told]:
    yield from registered(city)
    for unit in with_people:
        yield from member_states(unit)
        yield from checked_in(unit, now)
    for unit in city:
        yield on_duty(unit, now)
