"""The same commands decided by one worker that nothing ever disturbs: what had to come out."""

from collections.abc import Mapping
from random import Random
from typing import Any

from shared.platform.dead_letters import DeadLetters
from shared.platform.ledger import Ledger
from shared.platform.outcomes import Outcome
from shared.platform.recovery import Recovery
from shared.platform.rules import Deciding
from tests.simulation.chronicle import Chronicle
from tests.simulation.kafka import Producer, Reader
from tests.simulation.log import USED_PARTITIONS, Log
from tests.simulation.process import Process
from tests.simulation.redis import RedisMemory, Store
from tests.simulation.weather import Weather

BATCH = 40


Statuses = dict[str, set[str]]
"""What was said of each command, of one sent twice perhaps two things."""


async def replay(decidings: Mapping[str, Deciding[Any, Any, Any]], log: Log) -> tuple[Log, Statuses]:
    """A fresh log with the same commands and the events that they cause, and what their senders were told."""
    calm, redis = Log(), RedisMemory()
    process: Any = Process("calm", Weather(), Random(0), Chronicle())
    producer: Any = Producer(calm, process)
    reader: Any = Reader(calm, process)
    for name, deciding in decidings.items():
        store: Any = Store(redis, name, process)
        ledger = Ledger(
            deciding,
            store=store,
            producer=producer,
            dead_letters=DeadLetters(producer, name),
            recovery=Recovery(store, reader, deciding.events),
        )
        topic = deciding.commands.name
        for partition in USED_PARTITIONS:
            records = calm.partitions[topic, partition] = log.read(topic, partition, 0)
            for start in range(0, len(records), BATCH):
                await ledger.handle(records[start : start + BATCH])
    return calm, statuses_of(redis)


def statuses_of(redis: RedisMemory) -> Statuses:
    """By command id, all that was announced."""
    statuses: Statuses = {}
    for said in redis.announced:
        outcome = Outcome.model_validate_json(said)
        statuses.setdefault(outcome.command_id, set()).add(outcome.status)
    return statuses
