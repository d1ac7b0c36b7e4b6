"""The compacted registry topics: whole states, and tombstones for what is gone."""

from collections.abc import Sequence

from services.checkin.application.ports import Publication, PublishedKind
from shared.contracts.envelope import EncodedRecord, Envelope, encode
from shared.contracts.registry import Member, Site, Station, Unit
from shared.contracts.topics import MEMBERS, SITES, STATIONS, UNITS, Topic
from shared.platform.producer import EventProducer
from shared.ports import Clock
from shared.vocabulary.ids import derived_id

SOURCE = "/checkin/registry"
TOPIC_OF: dict[PublishedKind, Topic] = {"station": STATIONS, "site": SITES, "unit": UNITS, "member": MEMBERS}
_TYPE_OF = {"station": Station.ce_type(), "site": Site.ce_type(), "unit": Unit.ce_type(), "member": Member.ce_type()}


class KafkaRegistryPublisher:
    """Implements the port `RegistryPublisher`."""

    def __init__(self, producer: EventProducer, clock: Clock) -> None:
        self._producer = producer
        self._clock = clock

    async def publish(self, publications: Sequence[Publication]) -> None:
        for kind, topic in TOPIC_OF.items():
            records = [(self._record(item), None) for item in publications if item.kind == kind]
            if records:
                await self._producer.publish(topic.name, records)

    def _record(self, item: Publication) -> EncodedRecord:
        id_ = derived_id("registry", item.kind, item.id, item.sequence)
        envelope = Envelope(
            id=id_,
            source=SOURCE,
            type=_TYPE_OF[item.kind],
            subject=item.id,
            time=self._clock.now(),
            correlation_id=id_,
            sequence=item.sequence,
        )
        return encode(envelope, item.state)
