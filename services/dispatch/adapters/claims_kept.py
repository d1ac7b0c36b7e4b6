"""Whether Redis still holds every claim on a unit that was made."""

import asyncio
from collections.abc import Awaitable
from typing import Final, cast

from redis.asyncio import Redis

from services.dispatch.adapters.redis_units import PREFIX
from shared.platform.caught_up import CaughtUp
from shared.platform.redis_run import IDENTITY
from shared.platform.telemetry import get_logger
from shared.ports import Ids

KEPT_KEY = f"{PREFIX}claims-kept"
LOST_KEY = f"{PREFIX}claims-lost"
UNDER_WAY_S: Final = 2.0
"""By then a selection made before the loss is on the log; one that is not is refused if it comes after 20 s."""

# KEYS: the mark, and the id of the loss that claims come back from. ARGV: an id, should it be a new loss.
# Answers which loss of which run it is; nothing when the claims are kept.
LOST = f"""{IDENTITY}
if redis.call('GET', KEYS[1]) == run then return false end
redis.call('SET', KEYS[2], ARGV[1], 'NX')
return identity(KEYS[2])
"""
# ARGV: what LOST has answered; after another loss nothing is kept.
KEEP = f"""{IDENTITY}
if identity(KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], run)
return redis.call('DEL', KEYS[2])
"""

_log = get_logger("claims")


class ClaimsKept:
    """The run of Redis that has every claim, kept beside them.

    Nobody is chosen where it is missing, since the claims went with it, or where it names another run: a restart or a
    fail-over to a replica may have lost the last claims.

    Claims cannot be folded from the log again. But once all selections that were under way have been decided, and what
    was decided is folded, open orders say all that the lost claims said.
    """

    def __init__(self, redis: "Redis", decided: CaughtUp, ordered: CaughtUp, ids: Ids) -> None:
        """`decided`: the command topic by the deciders; `ordered`: its events by the directory."""
        self._decided = decided
        self._ordered = ordered
        self._ids = ids
        self._lost = redis.register_script(LOST)
        self._keep = redis.register_script(KEEP)

    async def restore(self) -> None:
        """Set the mark where the claims were lost and nothing is under way. To be called about once a second.

        TimeoutError: to be tried again, as it is when Redis loses its data in the meantime or another worker was first.
        """
        keys = [KEPT_KEY, LOST_KEY]
        lost = await cast("Awaitable[bytes | None]", self._lost(keys=keys, args=[self._ids.new()]))
        if lost is None:
            return
        _log.info("claims-lost-or-new")
        await asyncio.sleep(UNDER_WAY_S)
        await self._decided.wait()
        await self._ordered.wait()
        if await cast("Awaitable[int]", self._keep(keys=keys, args=[lost])):
            _log.info("claims-kept")
