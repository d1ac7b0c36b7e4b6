"""Which deliveries were planned for an incident: written by the planner, and again by whoever reads the log."""

from collections.abc import Awaitable, Collection, Sequence
from typing import Any, cast

from pydantic import TypeAdapter
from redis.asyncio import Redis

from services.notify.adapters.redis_delivery_keys import KEPT
from services.notify.application.planning import Planned

_codec: TypeAdapter[Planned] = TypeAdapter(Planned)


def remember(pipeline: Any, incident_id: str, planned: Sequence[Planned]) -> None:
    """`notify:planned:<incident>` (set). The same delivery has the same bytes, whoever writes it."""
    key = f"notify:planned:{incident_id}"
    pipeline.sadd(key, *(_codec.dump_json(each) for each in planned))
    pipeline.expire(key, KEPT)


class RedisPlannedDeliveries:
    """What was planned for each incident."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def add(self, incident_id: str, planned: Sequence[Planned]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        remember(pipeline, incident_id, planned)
        await pipeline.execute()

    async def of(self, incident_id: str) -> Collection[Planned]:
        members = self._redis.smembers(f"notify:planned:{incident_id}")
        stored = await cast("Awaitable[set[bytes]]", members)
        return [_codec.validate_json(each) for each in sorted(stored)]
