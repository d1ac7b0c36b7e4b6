"""Commands that this service's own worker gives to its deciders."""

from shared.contracts.base import Message
from shared.contracts.envelope import Envelope, encode
from shared.contracts.topics import DISPATCH_COMMANDS
from shared.platform.producer import EventProducer
from shared.platform.tracing import publishing
from shared.ports import Clock

SOURCE = "/dispatch/matcher"


class KafkaCommands:
    """Plays `Commands`."""

    def __init__(self, producer: EventProducer, clock: Clock) -> None:
        self._producer = producer
        self._clock = clock

    async def send(
        self, aggregate_id: str, body: Message, *, command_id: str, correlation_id: str, drill: bool
    ) -> None:
        with publishing(DISPATCH_COMMANDS, [body]) as trace_parent:
            envelope = Envelope(
                id=command_id,
                source=SOURCE,
                type=body.ce_type(),
                subject=aggregate_id,
                time=self._clock.now(),
                correlation_id=correlation_id,
                drill=drill,
                trace_parent=trace_parent,
            )
            await self._producer.publish_one(DISPATCH_COMMANDS.name, encode(envelope, body))
