"""The registry's police stations in Redis, to find the nearest.

Keys: `geo` (geo set of station ids), `path` (hash: station → path).
"""

from collections.abc import Awaitable, Sequence
from typing import cast

from redis.asyncio import Redis

from services.dispatch.application.ports import Home
from shared.contracts.registry import Station
from shared.platform.records import Received
from shared.vocabulary.geography import Point
from shared.vocabulary.organisation import StationLevel

PREFIX = "{dispatch:stations}:"
REACH_KM = 300  # no city is larger


class RedisStations:
    """Projection of the registry's stations; plays `Stations`."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def apply(self, items: Sequence[Received]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for item in items:
            station_id = item.envelope.subject
            match item.body:
                case Station(level=StationLevel.STATION) as station:
                    pipeline.geoadd(f"{PREFIX}geo", (station.location.lon, station.location.lat, station_id))
                    pipeline.hset(f"{PREFIX}path", station_id, station.path)
                case _:
                    pipeline.zrem(f"{PREFIX}geo", station_id)
                    pipeline.hdel(f"{PREFIX}path", station_id)
        await pipeline.execute()

    async def nearest(self, place: Point) -> Home | None:
        found = await cast(
            "Awaitable[list[bytes]]",
            self._redis.geosearch(
                f"{PREFIX}geo", longitude=place.lon, latitude=place.lat, radius=REACH_KM, unit="km", sort="ASC", count=1
            ),
        )
        if not found:
            return None
        path = await cast("Awaitable[bytes | None]", self._redis.hget(f"{PREFIX}path", found[0].decode()))
        return None if path is None else Home(found[0].decode(), path.decode())
