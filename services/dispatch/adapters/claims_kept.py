"""Whether Redis still holds every claim on a unit that was made."""

import asyncio
from typing import Final

from redis.asyncio import Redis

from services.dispatch.adapters.redis_units import PREFIX
from shared.platform.caught_up import CaughtUp
from shared.platform.telemetry import get_logger

KEPT_KEY = f"{PREFIX}claims-kept"
UNDER_WAY_S: Final = 2.0
"""By then a selection made before the loss is on the log; one that is not is refused if it comes after 20 s."""

_log = get_logger("claims")


class ClaimsKept:
    """A mark that goes with the claims when Redis loses its data. Without it nobody is chosen.

    Claims cannot be folded from the log again. But once all selections that were under way have been decided, and what
    was decided is folded, open orders say all that the lost claims said.
    """

    def __init__(self, redis: "Redis", decided: CaughtUp, ordered: CaughtUp) -> None:
        """`decided`: the command topic by the deciders; `ordered`: its events by the directory."""
        self._redis = redis
        self._decided = decided
        self._ordered = ordered

    async def restore(self) -> None:
        """Set the mark when it is missing and nothing is under way. TimeoutError: to be tried again."""
        if await self._redis.exists(KEPT_KEY):
            return
        _log.info("claims-lost-or-new")
        await asyncio.sleep(UNDER_WAY_S)
        await self._decided.wait()
        await self._ordered.wait()
        await self._redis.set(KEPT_KEY, 1)
        _log.info("claims-kept")
