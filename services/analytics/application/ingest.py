"""Keeping what happened, exactly once, though the log may repeat it and the history may be younger than the log."""

import asyncio
from collections.abc import Sequence

from services.analytics.application.ports import Happening, History, Log
from shared.contracts.topics import AUDIT, DELIVERIES, DUTY, INCIDENTS, STATIONS, UNITS, Topic

INGESTED: tuple[Topic, ...] = (STATIONS, UNITS, DUTY, INCIDENTS, DELIVERIES, AUDIT)


class Ingest:
    """Feeds the history. The stream waits until `catch_up` has closed the gap that an emptied, restored or new
    history has: kept out of order, a later offset would hide the gap for ever.
    """

    def __init__(self, history: History, log: Log) -> None:
        self._history = history
        self._log = log
        self._offsets: dict[tuple[str, int], int] = {}
        self._caught_up = asyncio.Event()

    @property
    def is_caught_up(self) -> bool:
        """Whether the history holds all that the log held at the start."""
        return self._caught_up.is_set()

    async def catch_up(self) -> int:
        """Keep what the log holds beyond the history. Returns how many records that was."""
        count = 0
        for topic in INGESTED:
            kept = await self._history.kept(topic)
            self._offsets.update({(topic.name, partition): offset for partition, offset in kept.items()})
            async for happenings in self._log.after(topic, kept):
                await self._keep(topic, happenings)
                count += len(happenings)
        self._caught_up.set()
        return count

    async def take(self, topic: Topic, happenings: Sequence[Happening]) -> None:
        """Keep a batch from the stream; what is kept already is passed over."""
        await self._caught_up.wait()
        fresh = [h for h in happenings if h.offset > self._offsets.get((h.topic, h.partition), -1)]
        if fresh:
            await self._keep(topic, fresh)

    async def _keep(self, topic: Topic, happenings: Sequence[Happening]) -> None:
        await self._history.keep(topic, happenings)
        self._offsets.update({(h.topic, h.partition): h.offset for h in happenings})
