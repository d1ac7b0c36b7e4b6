"""The ledger's promise on a real broker and a real Redis: nothing lost, nothing taken into account twice."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from redis.asyncio import Redis

from shared.contracts import duty
from shared.contracts.envelope import decode
from shared.platform.clock import SystemIds
from shared.platform.commands import CommandGateway
from shared.platform.outcomes import Outcome
from shared.platform.producer import EventProducer
from shared.platform.settings import PlatformSettings
from shared.platform.worker import Worker
from tests.fakes.tally import DECIDING, FAULTY_MEMBER, REFUSED_MEMBER
from tests.fakes.tally_worker import tally_worker

ROOT = Path(__file__).parents[3]
new_id = SystemIds().new


@pytest.fixture
async def worker(settings: PlatformSettings) -> AsyncGenerator[Worker]:
    worker = tally_worker(settings)
    await worker.start()
    yield worker
    await worker.stop()


async def check_out(gateway: CommandGateway, unit: str, member: str, command_id: str | None = None) -> Outcome:
    body = duty.CheckOut(unit_id=unit, member_id=member)
    return await gateway.submit(unit, body, command_id=command_id or new_id(), correlation_id="test")


def members(outcome: Outcome) -> list[str]:
    assert outcome.state is not None
    return json.loads(outcome.state)["members"]


async def events_of(bootstrap: str, topic: str, subjects: set[str]) -> list[tuple[str, int, str]]:
    """(subject, sequence, id) of every event of these subjects, in the log's order, repeats included."""
    found: list[tuple[str, int, str]] = []
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest")
    await consumer.start()
    try:
        where = [TopicPartition(topic, number) for number in range(12)]
        consumer.assign(where)
        ends = await consumer.end_offsets(where)
        await consumer.seek_to_beginning(*where)
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    envelope = decode(record.key, record.value, dict(record.headers))
                    if envelope.subject in subjects:
                        found.append((envelope.subject, envelope.sequence or 0, envelope.id))
    finally:
        await consumer.stop()
    return found


async def eventually(condition: Callable[[], object], within_s: float = 30) -> None:
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.05)


async def test_an_accepted_command_is_answered_with_the_state_after_it(worker: Worker, gateway: CommandGateway) -> None:
    unit = new_id()
    outcome = await check_out(gateway, unit, "m1")
    assert (outcome.status, outcome.sequence, members(outcome)) == ("accepted", 1, ["m1"])


async def test_a_refused_command_says_why_and_publishes_nothing(
    worker: Worker, gateway: CommandGateway, settings: PlatformSettings
) -> None:
    unit = new_id()
    outcome = await check_out(gateway, unit, REFUSED_MEMBER)
    assert (outcome.status, outcome.code) == ("refused", "not-on-duty")
    assert await events_of(settings.kafka_bootstrap, DECIDING.events.name, {unit}) == []


async def test_a_repeated_command_changes_nothing(worker: Worker, gateway: CommandGateway) -> None:
    unit, command_id = new_id(), new_id()
    await check_out(gateway, unit, "m1", command_id)
    again = await check_out(gateway, unit, "m1", command_id)
    assert (again.status, again.sequence, members(again)) == ("accepted", 1, ["m1"])


async def test_a_deadline_fires_once_by_a_tick(worker: Worker, gateway: CommandGateway, redis: Redis) -> None:
    unit = new_id()
    await check_out(gateway, unit, "m1")

    async def state() -> list[str]:
        stored = await gateway.state(unit)
        assert stored is not None
        return json.loads(stored)["members"]

    async with asyncio.timeout(15):
        while await state() == ["m1"]:
            await asyncio.sleep(0.05)
    after = await check_out(gateway, unit, "m2")
    assert members(after) == ["m1", "clock", "m2"]


async def test_poison_goes_to_the_dead_letters_and_its_neighbours_are_decided(
    worker: Worker, gateway: CommandGateway, settings: PlatformSettings
) -> None:
    unit = new_id()
    producer = EventProducer(settings.kafka_bootstrap)
    await producer.start()
    await producer.publish_raw(DECIDING.commands.name, unit.encode(), b"\xff not json", [])
    await producer.stop()
    faulty = await check_out(gateway, unit, FAULTY_MEMBER)
    healthy = await check_out(gateway, unit, "m1")
    assert faulty.code == "internal-fault"
    assert members(healthy) == ["m1"]
    reasons = await dead_letters_of(settings.kafka_bootstrap, unit)
    assert len(reasons) == 2
    assert "no CloudEvent" in reasons[0]
    assert "ArithmeticError" in reasons[1]


async def dead_letters_of(bootstrap: str, key: str) -> list[str]:
    where = TopicPartition(DECIDING.commands.dlq, 0)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([where])
        end = (await consumer.end_offsets([where]))[where]
        await consumer.seek_to_beginning(where)
        reasons: list[str] = []
        while await consumer.position(where) < end:
            for record in (await consumer.getmany(where, timeout_ms=500)).get(where, []):
                if record.key == key.encode():
                    reasons.append(dict(record.headers)["dlq_reason"].decode())
        return reasons
    finally:
        await consumer.stop()


async def test_lost_live_state_is_rebuilt_from_the_events(
    worker: Worker, gateway: CommandGateway, redis: Redis
) -> None:
    unit, command_id = new_id(), new_id()
    await check_out(gateway, unit, "m1", command_id)
    await redis.flushall()
    repeated = await check_out(gateway, unit, "m1", command_id)
    assert members(repeated)[:1] == ["m1"]
    assert members(repeated).count("m1") == 1
    after = await check_out(gateway, unit, "m2")
    assert [m for m in members(after) if m != "clock"] == ["m1", "m2"]


async def test_an_outcome_is_known_again_after_redis_has_lost_it(
    worker: Worker, gateway: CommandGateway, redis: Redis
) -> None:
    unit, command_id = new_id(), new_id()
    await check_out(gateway, unit, "m1", command_id)
    await redis.flushall()
    await check_out(gateway, unit, "m2")
    outcome = await gateway.outcome(unit, command_id)
    assert outcome is not None
    assert (outcome.status, outcome.command_id) == ("accepted", command_id)
    assert await gateway.outcome(unit, new_id()) is None


async def test_an_outcome_from_before_a_command_had_effect_is_not_told(
    worker: Worker, gateway: CommandGateway, redis: Redis
) -> None:
    """It was refused, then sent again and accepted; and Redis went back to an earlier moment."""
    unit, command_id = new_id(), new_id()
    await check_out(gateway, unit, "m1", command_id)
    [key] = await redis.keys(f"*outcome:{command_id}")
    refused = Outcome(command_id=command_id, aggregate_id=unit, status="refused", code="not-on-duty")
    await redis.set(key, refused.model_dump_json())
    outcome = await gateway.outcome(unit, command_id)
    assert outcome is not None
    assert outcome.status == "accepted"


@pytest.mark.timeout(180)
async def test_sigkilled_workers_lose_and_double_nothing(
    settings: PlatformSettings, gateway: CommandGateway, redis: Redis, tmp_path: Path
) -> None:
    """600 commands through two workers, one of which is killed and started again three times meanwhile."""
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "REDIS_URL": settings.redis_url,
        "TOKEN_PUBLIC_KEY": settings.token_public_key,
        "PYTHONPATH": str(ROOT),
    }

    def start(number: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.fakes.tally_worker"]
        with (tmp_path / f"worker-{number}.log").open("wb") as log:
            return subprocess.Popen(command, env=environment, stderr=log)

    units = [new_id() for _ in range(20)]
    workers = [start(0), start(1)]
    answered: list[Outcome] = []
    try:
        await check_out(gateway, new_id(), "first")  # both are up when this is answered, or one of them

        async def report(unit: str) -> None:
            for number in range(30):
                answered.append(await check_out(gateway, unit, f"m{number}"))

        reports = [asyncio.create_task(report(unit)) for unit in units]
        for kill in range(3):
            await eventually(lambda kill=kill: len(answered) > 100 * (kill + 1), 120)
            workers[-1].send_signal(signal.SIGKILL)
            workers[-1].wait()
            workers.append(start(kill + 2))
        await asyncio.gather(*reports)
    finally:
        for process in workers:
            process.terminate()
        for process in workers:
            process.wait(30)
    events = await events_of(settings.kafka_bootstrap, DECIDING.events.name, set(units))
    for unit in units:
        once: dict[int, str] = {}
        for _, sequence, event_id in (event for event in events if event[0] == unit):
            assert once.setdefault(sequence, event_id) == event_id, "one sequence, two events"
        state = await gateway.state(unit)
        assert state is not None
        present = [member for member in json.loads(state)["members"] if member != "clock"]
        assert sorted(once) == list(range(1, len(once) + 1)), "the sequence has a gap"
        assert present == [f"m{number}" for number in range(30)]
