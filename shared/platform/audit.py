"""The audit: who did or saw what, on its topic, in a chain of hashes for each process that writes.

A record that was changed, taken out or put in breaks its chain. The end of a chain can be cut off without a trace, as
of any log: whoever must know keeps the last hashes elsewhere (`meu audit verify` prints them).
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.contracts.audit import BEGINNING, ActionRecorded, chained, hash_of
from shared.contracts.envelope import Envelope, encode
from shared.contracts.topics import AUDIT
from shared.platform.producer import EventProducer
from shared.ports import Action, Clock, Ids

SOURCE = "/audit"


class KafkaAuditLog:
    """Implements the port `AuditLog`."""

    def __init__(self, producer: EventProducer, clock: Clock, ids: Ids) -> None:
        self._producer = producer
        self._clock = clock
        self._ids = ids
        self._one_at_a_time = asyncio.Lock()
        self._last: ActionRecorded | None = None

    async def record(self, action: Action) -> None:
        async with self._one_at_a_time:
            record, self._last = self._next(action), None
            await self._publish(record)  # should this fail, nobody knows whether it is on the log: a new chain begins
            self._last = record

    def _next(self, action: Action) -> ActionRecorded:
        last = self._last
        return chained(
            ActionRecorded(
                actor_id=action.actor_id,
                role=action.role,
                path=action.path,
                action=action.action,
                about=action.about,
                refused=action.refused,
                address=action.address,
                at=self._clock.now(),
                chain_id=self._ids.new() if last is None else last.chain_id,
                number=1 if last is None else last.number + 1,
                previous=BEGINNING if last is None else last.hash,
                hash=BEGINNING,
            )
        )

    async def _publish(self, record: ActionRecorded) -> None:
        envelope = Envelope(
            id=f"{record.chain_id}:{record.number}",
            source=SOURCE,
            type=record.ce_type(),
            subject=record.actor_id,
            time=record.at,
            correlation_id=f"{record.chain_id}:{record.number}",
        )
        await self._producer.publish_one(AUDIT.name, encode(envelope, record))


@dataclass
class Chains:
    """What is found on the topic: give it every record, in any order, then ask for the faults."""

    _records: dict[str, dict[int, ActionRecorded]] = field(default_factory=dict[str, dict[int, ActionRecorded]])
    _faults: list[str] = field(default_factory=list[str])

    def add(self, record: ActionRecorded) -> None:
        """One record; the same one twice (published again by the client) is one."""
        if hash_of(record) != record.hash:
            self._faults.append(f"{record.chain_id}: record {record.number} was changed")
        known = self._records.setdefault(record.chain_id, {}).setdefault(record.number, record)
        if known != record:
            self._faults.append(f"{record.chain_id}: there are two records {record.number}")

    def faults(self) -> list[str]:
        """What is wrong, chain by chain; empty: every record is as it was written, and none is missing in between."""
        return [*self._faults, *(fault for chain in self._records.values() for fault in _broken(chain.values()))]

    def heads(self) -> list[ActionRecorded]:
        """The last record of each chain, oldest chain first."""
        return [max(chain.values(), key=lambda record: record.number) for _, chain in sorted(self._records.items())]


def _broken(chain: Iterable[ActionRecorded]) -> Iterable[str]:
    number, previous = 0, BEGINNING
    for record in sorted(chain, key=lambda record: record.number):
        if record.number != number + 1:
            yield f"{record.chain_id}: {number + 1} to {record.number - 1} are missing"
        elif record.previous != previous:
            yield f"{record.chain_id}: record {record.number} does not follow the one before it"
        number, previous = record.number, record.hash
