"""An open loop: so many a second whether or not the system keeps up, but never more at once than clients there are."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any


class Pace:
    """`a_second` operations; what would be more than `at_once` groups under way is left out and counted."""

    def __init__(self, a_second: float, at_once: int) -> None:
        self.a_second = a_second
        self._at_once = at_once
        self._under_way: set[asyncio.Task[None]] = set()
        self.left_out = 0
        self.failed = 0

    async def beats(self, in_a_group: int = 1) -> AsyncIterator[None]:
        """One for each group of operations, evenly. After a standstill of this process it does not catch up."""
        loop = asyncio.get_running_loop()
        every_s = in_a_group / self.a_second
        due = loop.time()
        while True:
            yield
            due = max(due + every_s, loop.time() - 1.0)
            await asyncio.sleep(max(0.0, due - loop.time()))

    def begin(self, group: Coroutine[Any, Any, None]) -> None:
        """Run a group, unless too many are under way."""
        if len(self._under_way) >= self._at_once:
            group.close()
            self.left_out += 1
            return
        task = asyncio.create_task(group)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    async def finish(self) -> None:
        """Wait for what is under way: every operation ends, or is given up, within its clients' patience."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.failed += 1
            raise task.exception() or AssertionError
