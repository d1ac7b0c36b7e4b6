"""Whether what is on the log has been dealt with when it is asked."""

import asyncio
from typing import Any

from shared.contracts.topics import Topic
from shared.platform.caught_up import Progress
from tests.simulation.log import USED_PARTITIONS
from tests.simulation.virtual_time import elapsed

WITHIN_S = 2.0
GIVE_UP_AFTER_S = 30.0
LOOK_EVERY_S = 0.2


class TopicCaughtUp:
    """Plays CaughtUp for one topic: the same promise, on the simulated log."""

    def __init__(self, reader: Any, progress: Progress, topic: Topic) -> None:
        self._reader = reader
        self._progress = progress
        self._topic = topic
        self._behind_since: float | None = None

    async def wait(self) -> None:
        ends = {p: await self._reader.end_offset(self._topic.name, p) for p in USED_PARTITIONS}
        until = elapsed() + WITHIN_S
        while await self._is_behind(ends):
            if elapsed() >= until:
                self._behind_since = self._behind_since or elapsed()
                if elapsed() - self._behind_since < GIVE_UP_AFTER_S:
                    raise TimeoutError(f"not all of {self._topic.name} is dealt with")
                return
            await asyncio.sleep(LOOK_EVERY_S)
        self._behind_since = None

    async def _is_behind(self, ends: dict[int, int]) -> bool:
        done = await self._progress.done(self._topic)
        return any(done.get(partition, -1) < end - 1 for partition, end in ends.items())
