"""How far this process's consumer groups are behind."""

import asyncio
from collections.abc import Mapping
from typing import Protocol

from shared.platform.telemetry import CONSUMER_LAG_RECORDS, get_logger

LOOK_EVERY_S = 1.0

_log = get_logger("lag")


class Group(Protocol):
    """A consumer group's member."""

    async def lag(self) -> Mapping[tuple[str, int], int]:
        """By owned (topic, partition): how many records are not handled yet."""
        ...


class LagWatch:
    """Shows each owned partition's lag, and nothing of those that another process owns."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self._groups = groups
        self._shown: set[tuple[str, str, int]] = set()

    async def run(self) -> None:
        """Look for ever. A rebalance in between is no fault: the next look finds what is owned then."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except Exception as error:
                _log.debug("lag-unknown", reason=f"{type(error).__name__}: {error}")

    async def look(self) -> None:
        """Once."""
        shown: set[tuple[str, str, int]] = set()
        for name, group in self._groups.items():
            for (topic, partition), records in (await group.lag()).items():
                shown.add((name, topic, partition))
                CONSUMER_LAG_RECORDS.labels(name, topic, partition).set(records)
        for gone in self._shown - shown:
            CONSUMER_LAG_RECORDS.remove(*gone)
        self._shown = shown
