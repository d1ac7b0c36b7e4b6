"""A guard whose Kafka client has come to answer nobody any more."""

import asyncio
from collections.abc import Mapping

import pytest
from aiokafka import TopicPartition

from shared.contracts.topics import INCIDENTS, Topic
from shared.platform import caught_up
from shared.platform.caught_up import CaughtUp
from shared.platform.kafka_clients import start_or_stop


class Everything:
    """Has dealt with all there is."""

    async def done(self, topic: Topic) -> Mapping[int, int]:
        return dict.fromkeys(range(topic.partitions), 99)


class Consumer:
    """The first one that is made never answers; those after it do."""

    made: list["Consumer"]

    def __init__(self, **_: object) -> None:
        self.made.append(self)
        self.is_stopped = asyncio.Event()

    async def start(self) -> None: ...

    async def stop(self) -> None:
        self.is_stopped.set()

    async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        if self is self.made[0]:
            await asyncio.Event().wait()
        return dict.fromkeys(partitions, 100)


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> CaughtUp:
    Consumer.made = []
    monkeypatch.setattr(caught_up, "AIOKafkaConsumer", Consumer)
    monkeypatch.setattr(caught_up, "WITHIN_S", 0.05)
    return CaughtUp("nowhere:1", Everything(), (INCIDENTS,), give_up_after_s=60)


async def test_a_client_that_does_not_answer_is_left_for_another(guard: CaughtUp) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(guard.wait(), 5)
    await asyncio.wait_for(guard.wait(), 5)
    assert len(Consumer.made) == 2
    await asyncio.wait_for(Consumer.made[0].is_stopped.wait(), 5)


async def test_who_is_cancelled_while_a_client_starts_does_not_wait_for_it() -> None:
    may_start, is_stopped = asyncio.Event(), asyncio.Event()

    class Slow:
        async def start(self) -> None:
            await may_start.wait()

        async def stop(self) -> None:
            is_stopped.set()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await start_or_stop(Slow())
    assert not is_stopped.is_set()
    may_start.set()
    await asyncio.wait_for(is_stopped.wait(), 5)
