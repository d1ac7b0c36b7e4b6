"""Deliveries in two lanes, over channels that accept, fail, hang or break, to people who read them or not."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from services.notify.adapters import redis_call_marks
from services.notify.adapters.delivery_ledger import deciding, ledger_name
from services.notify.adapters.kafka_lane_commands import KafkaLaneCommands
from services.notify.adapters.kafka_streams import AttemptStream
from services.notify.adapters.redis_call_marks import SINCE_KEY, RedisCallMarks
from services.notify.adapters.redis_deliveries import RedisContents
from services.notify.adapters.redis_delivery_keys import delivery_key
from services.notify.application.channels import OutgoingMessage, same_result
from services.notify.application.sending import Sender
from shared.contracts.delivery import (
    AcknowledgeDelivery,
    DeliveryPlanned,
    DeliveryWithdrawn,
    PlanDelivery,
    Recipient,
    Result,
    WithdrawDelivery,
)
from shared.contracts.registry import Channel
from shared.contracts.topics import DELIVERIES
from shared.platform.clock import to_ms
from shared.platform.records import Received
from shared.platform.rules import Deciding
from shared.vocabulary.terms import AttemptOutcome, ChannelKind, Lane
from tests.simulation.log import ids
from tests.simulation.process import Process
from tests.simulation.redis import FOR_EVER_MS, Keys, Script
from tests.simulation.virtual_time import now
from tests.simulation.worker import Worker
from tests.simulation.world import World

LANES = (Lane.EMERGENCY, Lane.NORMAL)
KINDS = (ChannelKind.SMS, ChannelKind.WEBHOOK)
IDS = ids("delivery-", 6)


class Provider:
    """A channel's other side. `handed`: how often each attempt reached it."""

    def __init__(self, world: World) -> None:
        self.handed: Counter[tuple[Lane, str]] = Counter()
        self._world = world

    async def take(self, message: OutgoingMessage, process: Process) -> tuple[Result, ...]:
        def hand_over() -> None:
            self.handed[message.lane, message.attempt_id] += 1

        await process.outward("call a provider", hand_over)
        match self._world.rng.choice(("accepts", "accepts", "fails", "hangs", "breaks")):
            case "accepts":
                return same_result(message, AttemptOutcome.ACCEPTED)
            case "fails":
                return same_result(message, AttemptOutcome.FAILED)
            case "hangs":
                await asyncio.sleep(self._world.rng.choice((1, 9, 60)))
                return same_result(message, AttemptOutcome.ACCEPTED)
            case _:
                raise ArithmeticError("as asked")


class ProcessChannel:
    """Plays Channel in one process."""

    def __init__(self, kind: ChannelKind, provider: Provider, process: Process) -> None:
        self.kind = kind
        self.bears_repeats = False
        self._provider = provider
        self._process = process

    async def send(self, message: OutgoingMessage) -> tuple[Result, ...]:
        return await self._provider.take(message, self._process)


class PlansProjection:
    """Of DeliveryProjection what the sender reads: the plan, and whether it was withdrawn."""

    def __init__(self, redis: Any) -> None:
        self._redis = redis

    async def apply(self, items: Sequence[Received]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for item in items:
            key = delivery_key(item.envelope.subject)
            if isinstance(item.body, DeliveryPlanned):
                pipeline.hset(key, "plan", item.body.model_dump_json())
            elif isinstance(item.body, DeliveryWithdrawn):
                pipeline.hset(key, "withdrawn", item.body.reason)
        await pipeline.execute()


def keep_marks(memory: Keys, args: Sequence[str]) -> None:
    """What RedisCallMarks' other script does."""
    if (memory.get(SINCE_KEY) or "").split(" ")[0] != str(memory.run):
        memory.put(SINCE_KEY, f"{memory.run} {to_ms(now()) + int(args[0])}", FOR_EVER_MS)


def set_mark(memory: Keys, args: Sequence[str]) -> int:
    """What RedisCallMarks' script does."""
    _, mark_key, apart_ms, begun_ms, kept_ms = args
    keep_marks(memory, [apart_ms])
    if int(begun_ms) < int((memory.get(SINCE_KEY) or "").split(" ")[1]) or memory.get(mark_key) is not None:
        return 0
    memory.put(mark_key, "1", float(kept_ms))
    return 1


class DeliveryStory:
    """Plays a Story."""

    decidings: ClassVar[Mapping[str, Deciding[Any, Any, Any]]] = {ledger_name(lane): deciding(lane) for lane in LANES}
    scripts: ClassVar[Mapping[str, Script]] = {
        redis_call_marks.SET: set_mark,
        redis_call_marks.KEEP: keep_marks,
    }

    def __init__(self, world: World) -> None:
        self.provider = Provider(world)
        self._world = world
        self._rng = world.rng

    def install(self, worker: Worker) -> None:
        for name, rules in self.decidings.items():
            worker.decide(name, rules)
        marks: Any = RedisCallMarks(worker.redis)
        worker.every(1.0, marks.keep)
        sender = Sender(
            {kind: ProcessChannel(kind, self.provider, worker.process) for kind in KINDS},
            contents=RedisContents(worker.redis),
            marks=marks,
            commands=KafkaLaneCommands(worker.producer, worker.process),
            clock=worker.process,
        )
        attempts = AttemptStream(sender, LANES).send
        worker.project("notify", DELIVERIES, PlansProjection(worker.redis), "notify.send", attempts)

    async def unfold(self) -> None:
        for delivery_id in IDS[: self._rng.randint(2, len(IDS))]:
            await asyncio.sleep(self._rng.choice((0.0, 1.0, 8.0)))
            self._plan(delivery_id, self._rng.choice(LANES))
        await asyncio.sleep(self._rng.choice((5.0, 40.0)))

    def _plan(self, delivery_id: str, lane: Lane) -> None:
        ledger, rng = ledger_name(lane), self._rng
        members = rng.sample(("m1", "m2", "m3"), rng.randint(1, 3))
        body = PlanDelivery(
            delivery_id=delivery_id,
            lane=lane,
            purpose="order",
            station_id="440106007",
            path="/440100/440106/440106007",
            short_number="0042",
            recipients=tuple(self._recipient(member) for member in members),
            text="",
            expires_at=now() + timedelta(seconds=rng.choice((20, 90))),
        )
        self._world.submit(ledger, delivery_id, body, f"plan-{delivery_id}")
        for number in range(rng.randint(0, 2)):
            read = AcknowledgeDelivery(delivery_id=delivery_id, member_id=rng.choice((*members, "m9")), via=KINDS[0])
            self._later(ledger, delivery_id, read, f"read-{number}-{delivery_id}")
        if rng.random() < 0.25:
            withdrawal = WithdrawDelivery(delivery_id=delivery_id, reason="answered")
            self._later(ledger, delivery_id, withdrawal, f"withdraw-{delivery_id}")

    def _recipient(self, member: str) -> Recipient:
        kinds = self._rng.sample(KINDS, self._rng.randint(0, len(KINDS)))
        return Recipient(member_id=member, channels=tuple(Channel(kind=kind, address="1") for kind in kinds))

    def _later(self, ledger: str, delivery_id: str, body: Any, command_id: str) -> None:
        seconds = self._rng.uniform(0, 40)
        self._world.later(seconds, lambda: self._world.submit(ledger, delivery_id, body, command_id))
