"""An event loop whose time is only counted: it jumps to the next timer, so that minutes take milliseconds."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

BEGINNING = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)


class NothingWillEverHappen(Exception):
    """Every task waits, and no timer is set."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs tasks and timers in an order that depends on nothing outside: no threads, no sockets, no clock."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._selector = self

    def time(self) -> float:
        return self._now

    def select(self, timeout: float | None) -> list[Any]:
        """What the base class waits with; here waiting is passing time."""
        if timeout is None:
            raise NothingWillEverHappen
        self._now += timeout
        return []

    def _process_events(self, event_list: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody sleeps who would have to be woken."""


def elapsed() -> float:
    """Seconds since the beginning of the running loop."""
    return asyncio.get_running_loop().time()


def now() -> datetime:
    """The present moment of the running loop, in whole milliseconds as Kafka counts."""
    return BEGINNING + timedelta(milliseconds=int(elapsed() * 1000))


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end in virtual time; what still runs then is cancelled."""
    loop = VirtualLoop()
    loop.set_exception_handler(lambda _, __: None)  # a crash ends its task; its process knows of it
    try:
        return loop.run_until_complete(main)
    finally:
        loop.run_until_complete(_cancel_what_is_left())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _cancel_what_is_left() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
