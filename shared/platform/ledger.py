"""Read, decide, publish, remember, answer: the five steps for a batch of commands (docs/adr/0002)."""

import time
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from shared.contracts.ticks import Tick
from shared.platform.clock import to_ms
from shared.platform.dead_letters import DeadLetters
from shared.platform.ledger_store import LedgerStore, PartitionView
from shared.platform.partition_step import PartitionStep
from shared.platform.producer import EventProducer
from shared.platform.records import Received, Record
from shared.platform.recovery import LogUnreadable, Recovery
from shared.platform.rules import Deciding
from shared.platform.step_traces import StepTraces
from shared.platform.telemetry import LAST_TICK_TIMESTAMP_SECONDS, LEDGER_REBUILDS, LEDGER_STEP_SECONDS, get_logger
from shared.platform.waiting import AWAY

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")

_log = get_logger("ledger")


class Ledger(Generic[S, C, E]):
    """Decides the commands of one topic. `handle` is a stream handler; after it the records are acknowledged."""

    def __init__(
        self,
        deciding: Deciding[S, C, E],
        *,
        store: LedgerStore,
        producer: EventProducer,
        dead_letters: DeadLetters,
        recovery: Recovery,
    ) -> None:
        self.deciding = deciding
        self.last_tick: dict[int, datetime] = {}
        """When each partition's last tick was decided: the sign of life of this worker."""
        self._store = store
        self._producer = producer
        self._dead_letters = dead_letters
        self._recovery = recovery
        self._traces = StepTraces(deciding.rules.aggregate, deciding.events)
        self._remembered: dict[int, int] = {}
        LEDGER_REBUILDS.labels(deciding.source)  # shown as 0, so that the first one is seen as an increase

    async def handle(self, records: Sequence[Record]) -> None:
        """One step for a batch of any of the topic's partitions. Repeated on the same records it changes nothing."""
        started = time.perf_counter()
        received = await self._dead_letters.receive(records)
        batch = _Batch(records, received)
        while not await self._step(batch):
            pass  # Redis was not where this worker left it: recover, and do the step again
        for item in received:
            if isinstance(item.body, Tick):
                self.last_tick[item.record.partition] = item.record.timestamp
                last_tick = LAST_TICK_TIMESTAMP_SECONDS.labels(self.deciding.source, item.record.partition)
                last_tick.set(item.record.timestamp.timestamp())
        LEDGER_STEP_SECONDS.labels(self.deciding.source).observe(time.perf_counter() - started)

    async def _step(self, batch: "_Batch") -> bool:
        views = await self._read(batch)
        steps: dict[int, PartitionStep[S, C, E]] = {}
        for partition, view in views.items():
            steps[partition] = PartitionStep(self.deciding, view, self._traces)
            steps[partition].decide(batch.items.get(partition, ()))
        try:
            for step in steps.values():
                for item, reason in step.faults:
                    await self._dead_letters.bury(item.record, reason)
            offsets = await self._publish(steps)
        finally:
            self._traces.published()
        changes = {
            p: step.changes(batch.last[p], _tail(views[p].tail, offsets.get(p, ()))) for p, step in steps.items()
        }
        moved = await self._store.remember(changes)
        for partition in (each for each, ok in moved.items() if ok):
            self._remembered[partition] = changes[partition].done
            if changes[partition].tail <= max(offsets.get(partition, ()), default=-1):
                del self._remembered[partition]  # another worker's events among one's own are folded by nobody: recover
        await self._store.announce([reply for p, step in steps.items() if moved[p] for reply in step.replies])
        return all(moved.values())

    async def _read(self, batch: "_Batch") -> dict[int, PartitionView]:
        wanted = batch.wanted()
        while True:
            views = await self._store.read(wanted)
            decided = {partition: self._decided(partition, batch) for partition in views}
            lost = [each for each, view in views.items() if self._is_lost(each, view, decided[each])]
            if not lost:
                return views
            for partition in lost:
                done = await self._recover(partition, decided[partition])
                if done is not None:
                    self._remembered[partition] = done

    def _decided(self, partition: int, batch: "_Batch") -> int:
        """The last source offset that is known to be decided: remembered by this worker, or acknowledged by anybody."""
        return max(self._remembered.get(partition, -1), batch.first[partition] - 1)

    def _is_lost(self, partition: int, view: PartitionView, decided: int) -> bool:
        """Newly assigned to this worker, or Redis is behind what is known to be decided."""
        return partition not in self._remembered or view.done is None or view.done < decided

    async def _recover(self, partition: int, decided: int) -> int | None:
        """A fault in folding is no command's fault: nothing is put aside for it, and the partition waits."""
        try:
            return await self._recovery.recover(partition, decided, self.deciding)
        except AWAY:
            raise
        except Exception as error:
            _log.exception("cannot-recover", source=self.deciding.source, partition=partition)
            raise LogUnreadable(f"partition {partition}: {type(error).__name__}: {error}") from error

    async def _publish(self, steps: dict[int, PartitionStep[S, C, E]]) -> dict[int, list[int]]:
        """The offsets of the events that were published, by partition."""
        records = [(record, partition) for partition, step in steps.items() for record in step.published]
        if not records:
            return {}
        offsets: dict[int, list[int]] = {}
        for metadata in await self._producer.publish(self.deciding.events.name, records):
            offsets.setdefault(metadata.partition, []).append(metadata.offset)
        return offsets

    def forget_assignment(self, owned: set[int]) -> None:
        """Partitions that went away are recovered again when they come back."""
        self._remembered = {partition: done for partition, done in self._remembered.items() if partition in owned}
        for partition in self.last_tick.keys() - owned:
            del self.last_tick[partition]
            LAST_TICK_TIMESTAMP_SECONDS.remove(self.deciding.source, partition)


def _tail(tail: int, offsets: Collection[int]) -> int:
    """Where to look for events that are not folded: behind one's own, as far as nobody else's lie among them."""
    for offset in sorted(offsets):
        if offset != tail:
            break
        tail += 1
    return tail


class _Batch:
    """Records by partition, with the first one's offset and the greatest, also of those that were buried."""

    def __init__(self, records: Sequence[Record], received: Sequence[Received]) -> None:
        self.first: dict[int, int] = {}
        self.last: dict[int, int] = {}
        for record in records:
            self.first.setdefault(record.partition, record.offset)
            self.last[record.partition] = max(record.offset, self.last.get(record.partition, -1))
        self.items: dict[int, list[Received]] = {}
        for item in received:
            self.items.setdefault(item.record.partition, []).append(item)

    def wanted(self) -> dict[int, tuple[list[str], int | None]]:
        """The aggregates that the commands name, and the time of the last tick, by partition."""
        wanted: dict[int, tuple[list[str], int | None]] = {}
        for partition in self.last:
            items = self.items.get(partition, ())
            ids = dict.fromkeys(i.envelope.subject for i in items if not isinstance(i.body, Tick))
            ticks = [to_ms(i.record.timestamp) for i in items if isinstance(i.body, Tick)]
            wanted[partition] = (list(ids), max(ticks, default=None))
        return wanted
