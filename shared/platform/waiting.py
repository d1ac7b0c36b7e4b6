"""Waiting for what is away: a broker, Redis, a database."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from aiokafka.errors import KafkaError
from redis.exceptions import RedisError

from shared.platform.telemetry import get_logger

T = TypeVar("T")

AWAY: Final[tuple[type[Exception], ...]] = (KafkaError, RedisError, ConnectionError, TimeoutError, OSError)
"""What passes by itself."""
RETRY_S = 1.0

_log = get_logger("waiting")


async def until_it_passes(what: str, attempt: Callable[[], Awaitable[T]], also: tuple[type[Exception], ...] = ()) -> T:
    """Attempt once a second until nothing that is away prevents it; says once why it waits.

    `also`: errors of a client that mean away as well, beside AWAY.
    """
    said = False
    while True:
        try:
            return await attempt()
        except (*AWAY, *also) as error:
            if not said:
                _log.warning("waiting", to=what, reason=f"{type(error).__name__}: {error}")
            said = True
        await asyncio.sleep(RETRY_S)
