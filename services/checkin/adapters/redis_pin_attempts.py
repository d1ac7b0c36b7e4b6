"""How often a member tried a PIN, counted for a quarter of an hour from the first try."""

from collections.abc import Awaitable
from typing import cast

from redis.asyncio import Redis

ATTEMPTS_MAX = 5
WITHIN_S = 15 * 60

# One step, so that a crash between counting and dating can not lock somebody out for ever.
_TAKE = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count
"""


class RedisPinAttempts:
    """Implements the port `PinAttempts`."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def take(self, member_id: str) -> bool:
        count = await cast("Awaitable[int]", self._redis.eval(_TAKE, 1, _key(member_id), str(WITHIN_S)))
        return count <= ATTEMPTS_MAX

    async def forget(self, member_id: str) -> None:
        await self._redis.delete(_key(member_id))


def _key(member_id: str) -> str:
    return f"{{checkin:pin:{member_id}}}"
