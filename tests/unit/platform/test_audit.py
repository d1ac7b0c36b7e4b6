"""The audit's chains of hashes: what is done to them is found."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from aiokafka.errors import KafkaConnectionError
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.audit import ActionRecorded, chained
from shared.contracts.envelope import EncodedRecord, decode
from shared.platform.audit import Chains, KafkaAuditLog
from shared.platform.clock import SystemIds
from shared.platform.producer import EventProducer
from shared.ports import Action

Records = list[ActionRecorded]


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC)


class Log:
    """A topic that keeps what it is given, and may be away."""

    def __init__(self) -> None:
        self.records: Records = []
        self.away = False

    async def publish_one(self, topic: str, record: EncodedRecord) -> None:
        await asyncio.sleep(0)
        key, value, headers = record
        assert decode(key, value, dict(headers)).subject.encode() == key
        self.records.append(ActionRecorded.model_validate_json(value or b""))
        if self.away:  # the record got there, its acknowledgement did not
            raise KafkaConnectionError


def faults(records: Sequence[ActionRecorded]) -> list[str]:
    chains = Chains()
    for record in records:
        chains.add(record)
    return chains.faults()


async def written(count: int) -> Records:
    log = Log()
    audit = KafkaAuditLog(cast("EventProducer", log), Clock(), SystemIds())
    await asyncio.gather(*(audit.record(Action(actor_id=f"a-{n}", action="log-in")) for n in range(count)))
    return log.records


async def test_what_is_written_at_once_is_one_chain_in_order() -> None:
    records = await written(20)
    assert [record.number for record in records] == list(range(1, 21))
    assert len({record.chain_id for record in records}) == 1
    assert faults(records) == []
    assert faults([*reversed(records), records[3]]) == []


async def test_after_a_failure_a_new_chain_begins() -> None:
    log = Log()
    audit = KafkaAuditLog(cast("EventProducer", log), Clock(), SystemIds())
    await audit.record(Action(actor_id="a", action="log-in"))
    log.away = True
    with pytest.raises(KafkaConnectionError):
        await audit.record(Action(actor_id="a", action="log-out"))
    log.away = False
    await audit.record(Action(actor_id="a", action="log-in"))
    assert [record.number for record in log.records] == [1, 2, 1]
    assert faults(log.records) == []
    chains = Chains()
    for record in log.records:
        chains.add(record)
    assert sorted(head.number for head in chains.heads()) == [1, 2]  # two of one millisecond come in any order


def changed(records: Records, at: int) -> Records:
    return [*records[:at], records[at].model_copy(update={"about": "somebody else"}), *records[at + 1 :]]


def changed_and_hashed_again(records: Records, at: int) -> Records:
    other = chained(records[at].model_copy(update={"about": "somebody else"}))
    return [*records[:at], other, *records[at + 1 :]]


def taken_out(records: Records, at: int) -> Records:
    return [*records[:at], *records[at + 1 :]]


def put_in(records: Records, at: int) -> Records:
    return [*records, chained(records[at].model_copy(update={"action": "made-up"}))]


@pytest.mark.parametrize("harm", [changed, changed_and_hashed_again, taken_out, put_in])
@given(at=st.integers(0, 8))
def test_every_harm_within_a_chain_is_found(harm: Callable[[Records, int], Any], at: int) -> None:
    records = asyncio.run(written(10))
    assert faults(records) == []
    assert faults(harm(records, at)) != []
