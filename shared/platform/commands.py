"""The API's side of a command: durable on Kafka first, then the decider's answer if it comes in time."""

import asyncio
import contextlib
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.contracts.base import Message
from shared.contracts.envelope import Envelope, encode
from shared.contracts.topics import Topic
from shared.platform.ledger_store import LedgerStore, Remembered
from shared.platform.outcomes import Outcome
from shared.platform.producer import EventProducer, partition_of
from shared.platform.telemetry import get_logger
from shared.platform.tracing import publishing
from shared.ports import Clock, Ids

_log = get_logger("commands")


class CommandGateway:
    """Submits commands of one topic and waits for what becomes of them."""

    def __init__(
        self,
        topic: Topic,
        *,
        source: str,
        producer: EventProducer,
        redis: "Redis",
        store: LedgerStore,
        clock: Clock,
        ids: Ids,
        answer_within_s: float,
    ) -> None:
        self._topic = topic
        self._source = source
        self._producer = producer
        self._redis = redis
        self._store = store
        self._clock = clock
        self._ids = ids
        self._answer_within_s = answer_within_s
        self._channel = f"meu:replies:{ids.new()}"
        self._waiting: dict[str, asyncio.Future[Outcome]] = {}
        self._listening: asyncio.Task[None] | None = None
        self._subscribed = asyncio.Event()

    async def start(self) -> None:
        """Begin to listen for answers. The producer must be started."""
        self._listening = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Stop listening; who still waits gets `pending`."""
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening

    async def submit(
        self,
        aggregate_id: str,
        body: Message,
        *,
        command_id: str | None = None,
        correlation_id: str,
        drill: bool = False,
    ) -> Outcome:
        """Publish with acks=all, then wait up to `answer_within_s` for the outcome; else it is `pending`.

        A command whose id was accepted before changes nothing and is answered with the present state.
        Raises KafkaError when the record could not be made durable.
        """
        command_id = command_id or self._ids.new()
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting[command_id] = answer
        try:
            with publishing(self._topic, [body]) as trace_parent:
                envelope = Envelope(
                    id=command_id,
                    source=self._source,
                    type=body.ce_type(),
                    subject=aggregate_id,
                    time=self._clock.now(),
                    correlation_id=correlation_id,
                    drill=drill,
                    reply_to=self._channel,
                    trace_parent=trace_parent,
                )
                await self._producer.publish_one(self._topic.name, encode(envelope, body))
            async with asyncio.timeout(self._answer_within_s):
                return await answer
        except TimeoutError:
            kept = await self.outcome(aggregate_id, command_id)
            return kept or Outcome(command_id=command_id, aggregate_id=aggregate_id, status="pending")
        finally:
            self._waiting.pop(command_id, None)

    async def outcome(self, aggregate_id: str, command_id: str) -> Outcome | None:
        """What became of a command, for a day after it was decided; None when that is not (or no longer) known.

        Where Redis has lost the outcome, or went back to one from before the command was sent again and had effect, the
        aggregate itself, folded from the log again, tells that it was accepted.
        """
        partition = partition_of(aggregate_id, self._topic.partitions)
        with contextlib.suppress(RedisError, OSError):
            stored = await self._store.outcome(partition, command_id)
            kept = None if stored is None else Outcome.model_validate_json(stored)
            if kept is not None and kept.status == "accepted":
                return kept
            now = await self._store.remembered(partition, aggregate_id)
            return _accepted(command_id, aggregate_id, now) if command_id in now.handled else kept
        return None

    async def state(self, aggregate_id: str) -> bytes | None:
        """The aggregate's live state as JSON; None when there is none."""
        return await self._store.state(partition_of(aggregate_id, self._topic.partitions), aggregate_id)

    async def is_lost(self, aggregate_id: str) -> bool:
        """Whether Redis may have lost what a projection does not find: it is, or is about to be, folded again."""
        partition = partition_of(aggregate_id, self._topic.partitions)
        return await self.state(aggregate_id) is not None or await self._store.is_being_rebuilt(partition)

    async def check(self) -> str | None:
        """Readiness: whether answers can be heard."""
        return None if self._subscribed.is_set() else "not subscribed to the deciders' answers"

    async def _listen(self) -> None:
        said = False
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(self._channel)
                    self._subscribed.set()
                    said = False
                    async for message in pubsub.listen():
                        self._hear(cast("dict[str, Any]", message))
            except (RedisError, OSError) as error:
                if not said:
                    _log.warning("answers-unheard", reason=f"{type(error).__name__}: {error}")
                said = True
            self._subscribed.clear()
            await asyncio.sleep(0.2)

    def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] != "message":
            return
        outcome = Outcome.model_validate_json(message["data"])
        answer = self._waiting.get(outcome.command_id)
        if answer is not None and not answer.done():
            answer.set_result(outcome)


def _accepted(command_id: str, aggregate_id: str, now: Remembered) -> Outcome:
    state = None if now.state is None else now.state.decode()
    return Outcome(
        command_id=command_id, aggregate_id=aggregate_id, status="accepted", sequence=now.sequence, state=state
    )
