"""Check-ins as commands on the topic, as the API writes them, without the API."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer

from shared.contracts.base import Place
from shared.contracts.duty import CheckIn
from shared.contracts.envelope import EncodedRecord, Envelope, encode
from shared.contracts.topics import CHECKIN_COMMANDS
from shared.platform.clock import SystemClock, SystemIds
from shared.vocabulary.terms import SiteClass

LEASE_S = 14_400
_clock, _ids = SystemClock(), SystemIds()


@dataclass(frozen=True, slots=True)
class Standing:
    """A member who goes on duty, at a post of the unit's site that is made up where none is named."""

    unit_id: str
    member_id: str
    station_id: str
    path: str
    site_class: SiteClass
    quorum: int
    place: Place
    post_id: str | None = None


def check_in_records(people: Iterable[Standing], reply_to: str | None) -> list[EncodedRecord]:
    """The records, scanned now. `reply_to`: the channel on which an API would wait for the outcomes."""
    return [_record(person, reply_to) for person in people]


def _record(person: Standing, reply_to: str | None) -> EncodedRecord:
    now, id_ = _clock.now(), _ids.new()
    body = CheckIn(
        unit_id=person.unit_id,
        member_id=person.member_id,
        post_id=person.post_id or f"p-{person.unit_id}",
        station_id=person.station_id,
        path=person.path,
        site_class=person.site_class,
        quorum=person.quorum,
        location=person.place,
        accuracy_m=12,
        code_step=int(now.timestamp()) // 30,
        scanned_at=now,
        lease_s=LEASE_S,
    )
    envelope = Envelope(
        id=id_,
        source="/checkin",
        type=body.ce_type(),
        subject=person.unit_id,
        time=now,
        correlation_id=id_,
        reply_to=reply_to,
    )
    return encode(envelope, body)


async def produce(bootstrap: str, records: Sequence[EncodedRecord], topic: str = CHECKIN_COMMANDS.name) -> None:
    """Produce as fast as aiokafka does; every record is with the broker on return."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5, max_batch_size=131_072)
    await producer.start()
    try:
        for key, value, headers in records:
            sent = await producer.send(topic, value, key=key, headers=headers)
        await producer.flush()
        await sent
    finally:
        await producer.stop()
