"""Marks that a provider was called, so that an attempt met again after a crash is not sent twice."""

from datetime import timedelta

from redis.asyncio import Redis

from services.notify.domain.policies import UNKNOWN_AFTER

# Past `unknown_at` an attempt is not sent anyway.
KEPT = 2 * max(UNKNOWN_AFTER.values()) + timedelta(minutes=10)


class RedisCallMarks:
    """`notify:called:<attempt_id>`."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def set(self, attempt_id: str) -> bool:
        """Whether it was not marked before."""
        return bool(await self._redis.set(f"notify:called:{attempt_id}", b"1", nx=True, px=KEPT))
