"""Folding incidents, event by event without a gap."""

from collections.abc import Sequence
from typing import Protocol

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from shared.platform.projection import StoreLost
from shared.platform.records import Received
from shared.platform.telemetry import get_logger

MISSING_BEFORE = -1

_log = get_logger("incident-projection")
_Event = tuple[str, int]


class Folding(Protocol):
    """Folds one event of an incident by one script."""

    async def add(self, pipeline: "Pipeline", item: Received, *, forced: bool) -> None:
        """Queue one call. It answers `MISSING_BEFORE` when an event before this one is missing, unless `forced`."""
        ...


class IncidentProjection:
    """Several foldings of the incident topic, which has one marker of how far it is folded.

    An event whose predecessor is not there means that the store lost writes: the partition is read again from its
    start. If the predecessor is not in the log either (it was buried as poison), the gap is gone over then.
    """

    def __init__(self, redis: "Redis", foldings: Sequence[Folding], *, marker: str) -> None:
        """`marker`: the key of the projector's hash, partition → last offset folded."""
        self._redis = redis
        self._foldings = foldings
        self._marker = marker
        self._gaps: set[_Event] = set()

    async def apply(self, items: Sequence[Received]) -> None:
        """Raises StoreLost at a gap that was not met before."""
        pipeline = self._redis.pipeline(transaction=False)
        for item in items:
            for folding in self._foldings:
                await folding.add(pipeline, item, forced=_event(item) in self._gaps)
        answers: list[int] = await pipeline.execute()
        each = len(self._foldings)
        gaps = [item for n, item in enumerate(items) if MISSING_BEFORE in answers[n * each : (n + 1) * each]]
        if gaps:
            await self._read_again(gaps)

    async def _read_again(self, gaps: Sequence[Received]) -> None:
        partitions = sorted({item.record.partition for item in gaps})
        self._gaps.update(map(_event, gaps))
        await self._redis.hdel(self._marker, *map(str, partitions))
        _log.warning("gap", incidents=sorted({item.envelope.subject for item in gaps}), partitions=partitions)
        raise StoreLost(f"events before {_event(gaps[0])} are missing")


def _event(item: Received) -> _Event:
    return item.envelope.subject, item.envelope.sequence or 0
