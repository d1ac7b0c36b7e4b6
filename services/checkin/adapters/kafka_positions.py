"""The positions topic, keyed by station."""

from collections.abc import Sequence

from shared.contracts.envelope import EncodedRecord, Envelope, encode
from shared.contracts.positions import PositionsReported
from shared.contracts.topics import POSITIONS
from shared.platform.producer import EventProducer
from shared.ports import Clock, Ids

SOURCE = "/checkin/positions"


class KafkaPositionLog:
    """Implements the port `PositionLog`."""

    def __init__(self, producer: EventProducer, clock: Clock, ids: Ids) -> None:
        self._producer = producer
        self._clock = clock
        self._ids = ids

    async def publish(self, batches: Sequence[PositionsReported]) -> None:
        await self._producer.publish(POSITIONS.name, [(self._record(batch), None) for batch in batches])

    def _record(self, batch: PositionsReported) -> EncodedRecord:
        id_ = self._ids.new()
        envelope = Envelope(
            id=id_,
            source=SOURCE,
            type=batch.ce_type(),
            subject=batch.station_id,
            time=self._clock.now(),
            correlation_id=id_,
        )
        return encode(envelope, batch)
