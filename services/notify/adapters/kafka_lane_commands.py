"""Commands to the lanes' topics."""

from collections.abc import Sequence
from itertools import groupby

from services.notify.adapters.delivery_ledger import LANE_TOPICS
from services.notify.application.lane_commands import LaneCommand
from shared.contracts.envelope import EncodedRecord, Envelope, encode
from shared.platform.producer import EventProducer
from shared.platform.tracing import publishing
from shared.platform.waiting import until_it_passes
from shared.ports import Clock

AT_ONCE = 50  # a cohort's plan may take 400 KB


class KafkaLaneCommands:
    """Writes with acks=all, keyed by delivery."""

    def __init__(self, producer: EventProducer, clock: Clock) -> None:
        self._producer = producer
        self._clock = clock

    async def submit(self, commands: Sequence[LaneCommand]) -> None:
        """In order. A broker that is away is waited for: what was sent must not be forgotten."""
        for lane, group in groupby(commands, lambda command: command.lane):
            together = list(group)
            with publishing(LANE_TOPICS[lane], [command.body for command in together]) as trace_parent:
                records = [(encode(self._envelope(c, trace_parent), c.body), None) for c in together]
                for start in range(0, len(records), AT_ONCE):
                    await self._publish(LANE_TOPICS[lane].name, records[start : start + AT_ONCE])

    async def _publish(self, topic: str, records: Sequence[tuple[EncodedRecord, None]]) -> None:
        await until_it_passes(f"write to {topic}", lambda: self._producer.publish(topic, records))

    def _envelope(self, command: LaneCommand, trace_parent: str | None) -> Envelope:
        return Envelope(
            id=command.command_id,
            source="/notify",
            type=command.body.ce_type(),
            subject=command.body.delivery_id,
            time=self._clock.now(),
            correlation_id=command.correlation_id,
            drill=command.drill,
            trace_parent=trace_parent,
        )
