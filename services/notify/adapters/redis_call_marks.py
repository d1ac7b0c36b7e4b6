"""Marks that a provider was called, so that an attempt met again after a crash is not sent twice."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import cast

from redis.asyncio import Redis

from services.notify.domain.policies import UNKNOWN_AFTER
from shared.platform.clock import to_ms
from shared.platform.redis_run import RUN

# Past `unknown_at` an attempt is not sent anyway.
KEPT = 2 * max(UNKNOWN_AFTER.values()) + timedelta(minutes=10)
PREFIX = "{notify:called}:"
SINCE_KEY = f"{PREFIX}since"
CLOCKS_APART_MS = 2000
"""How much the clocks of Redis and of the decider that says when an attempt began may differ."""

# The time is Redis's own: a worker that stood still would give one from before the loss.
# KEYS: the run that keeps marks, and since when. ARGV: how much clocks may differ (ms).
KEEP = f"""{RUN}
local kept_by, since = string.match(redis.call('GET', KEYS[1]) or '', '(%w+) (%d+)')
if kept_by ~= run then
  local now = redis.call('TIME')
  since = string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[1])
  redis.call('SET', KEYS[1], run .. ' ' .. since)
end
"""
# KEYS: also the attempt's mark. ARGV: also when the attempt began, how long to keep the mark (ms).
SET = f"""{KEEP}
if tonumber(ARGV[2]) < tonumber(since) then return 0 end
return redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) and 1 or 0
"""


class RedisCallMarks:
    """`{notify:called}:<attempt_id>`, and `{notify:called}:since`: what began before that, or under another run of
    Redis, may have been called under a mark that Redis has lost.
    """

    def __init__(self, redis: "Redis") -> None:
        self._set = redis.register_script(SET)
        self._keep = redis.register_script(KEEP)

    async def set(self, attempt_id: str, begun_at: datetime) -> bool:
        keys = [SINCE_KEY, f"{PREFIX}{attempt_id}"]
        times = [CLOCKS_APART_MS, to_ms(begun_at), int(KEPT.total_seconds() * 1000)]
        return bool(await cast("Awaitable[int]", self._set(keys=keys, args=times)))

    async def keep(self) -> None:
        """Begin to keep marks, where they were lost. Called about once a second: what begins 2 s later is sure."""
        await cast("Awaitable[None]", self._keep(keys=[SINCE_KEY], args=[CLOCKS_APART_MS]))
