"""Aiokafka's clients: starting and leaving them, and what they give."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

from aiokafka.structs import ConsumerRecord

from shared.platform.clock import from_ms
from shared.platform.records import Record

STOPPED_WITHIN_S = 5.0

_leaving: set[asyncio.Task[None]] = set()
"""Held here: a task that nobody holds may be collected."""


class Client(Protocol):
    """A consumer or a producer."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


async def start_or_stop(client: Client) -> None:
    """Start a client; when that fails or is cancelled, nothing of it stays open.

    A start that is cut short leaks the connection it is making, so it is closed when it has ended. Whoever is cancelled
    does not wait for that: with a broker that stands still it takes long.
    """
    starting = asyncio.ensure_future(client.start())
    try:
        await asyncio.shield(starting)
    except asyncio.CancelledError:
        _in_background(_stop_after(starting, client))
        raise
    except Exception:
        await client.stop()
        raise


async def stop_anyway(stop: Callable[[], Awaitable[Any]]) -> None:
    """Stop a client that may have come to answer nobody any more. One that does not even stop is left to itself."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(STOPPED_WITHIN_S):
            await stop()


def let_go(stop: Callable[[], Awaitable[Any]]) -> None:
    """As `stop_anyway`, in the background."""
    _in_background(stop_anyway(stop))


async def _stop_after(starting: asyncio.Future[None], client: Client) -> None:
    await asyncio.gather(starting, return_exceptions=True)
    await stop_anyway(client.stop)


def _in_background(leaving: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(leaving)
    _leaving.add(task)
    task.add_done_callback(_leaving.discard)


def record_of(item: ConsumerRecord[Any, Any]) -> Record:
    """A consumed record, as the platform hands it on."""
    return Record(
        topic=item.topic,
        partition=item.partition,
        offset=item.offset,
        timestamp=from_ms(item.timestamp),
        key=item.key,
        value=item.value,
        headers=dict(item.headers),
    )
