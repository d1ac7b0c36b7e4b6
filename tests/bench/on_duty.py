"""A stage with a whole city on duty in dispatch's directory."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from redis.asyncio import Redis

from services.dispatch.adapters.redis_units import PREFIX
from shared.platform.clock import SystemClock
from tests.bench.city import OnDuty, Told, checked_in, on_duty, publish, registered
from tests.bench.load import run
from tests.bench.progress import eventually

GEO = f"{PREFIX}geo"
FOLDED_WITHIN_S = 120.0


def publish_city(bootstrap: str, city: Sequence[OnDuty], *, people: bool) -> int:
    """In the load process: everything that the services fold of it. `people`: members, and when each came on duty."""
    return run(publish(bootstrap, _told(city, SystemClock().now(), people=people)))


async def until_in_directory(redis: "Redis", units: int) -> None:
    """Return once so many units may be sent."""

    async def all_there() -> bool:
        return await redis.zcard(GEO) == units

    await eventually(all_there, FOLDED_WITHIN_S)


def _told(city: Sequence[OnDuty], now: datetime, *, people: bool) -> Iterator[Told]:
    yield from registered(city, members=people)
    for unit in city:
        if people:
            yield from checked_in(unit, now)
        yield on_duty(unit, now)
