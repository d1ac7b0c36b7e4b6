"""Marks that a provider was called, so that an attempt met again after a crash is not sent twice."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import cast

from redis.asyncio import Redis

from services.notify.domain.policies import UNKNOWN_AFTER
from shared.platform.clock import to_ms
from shared.ports import Clock

# Past `unknown_at` an attempt is not sent anyway.
KEPT = 2 * max(UNKNOWN_AFTER.values()) + timedelta(minutes=10)
PREFIX = "{notify:called}:"

# KEYS: since when marks are kept, the attempt's mark. ARGV: now, when the attempt began, how long to keep (ms).
SET = """
redis.call('SET', KEYS[1], ARGV[1], 'NX')
if tonumber(ARGV[2]) < tonumber(redis.call('GET', KEYS[1])) then return 0 end
return redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) and 1 or 0
"""


class RedisCallMarks:
    """`{notify:called}:<attempt_id>`, and `{notify:called}:since`: what began before that may have been called under a
    mark that Redis has lost.
    """

    def __init__(self, redis: "Redis", clock: Clock) -> None:
        self._redis = redis
        self._clock = clock
        self._set = redis.register_script(SET)

    async def set(self, attempt_id: str, begun_at: datetime) -> bool:
        keys = [f"{PREFIX}since", f"{PREFIX}{attempt_id}"]
        times = [to_ms(self._clock.now()), to_ms(begun_at), int(KEPT.total_seconds() * 1000)]
        return bool(await cast("Awaitable[int]", self._set(keys=keys, args=times)))

    async def keep(self) -> None:
        """Begin to keep marks, where they were lost. To be called about once a second: what begins later is sure."""
        await self._redis.set(f"{PREFIX}since", to_ms(self._clock.now()), nx=True)
