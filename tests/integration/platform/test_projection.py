"""A projection on the real broker and Redis: what it cannot bear is put aside once, and its neighbours are folded."""

from collections.abc import Sequence

from redis.asyncio import Redis

from shared.contracts import duty
from shared.contracts.envelope import Envelope, encode
from shared.contracts.topics import DUTY
from shared.platform.clock import SystemClock, SystemIds
from shared.platform.dead_letters import DeadLetters
from shared.platform.log_reader import LogReader
from shared.platform.producer import EventProducer
from shared.platform.projection import Projector
from shared.platform.records import Received, Record
from shared.platform.settings import PlatformSettings
from shared.vocabulary.terms import SiteClass

new_id = SystemIds().new
PARTITION = 5


class Delicate:
    """Folds who checked out into a list; cannot bear one of them."""

    def __init__(self, poison: str) -> None:
        self.poison = poison
        self.folded: list[str] = []

    async def apply(self, items: Sequence[Received]) -> None:
        names = [item.body.member_id for item in items if isinstance(item.body, duty.MemberCheckedOut)]
        if self.poison in names:
            raise ArithmeticError("as asked")
        self.folded += names


async def published(producer: EventProducer, *members: str) -> list[Record]:
    """Check-outs of one unit in one partition, as records."""
    records: list[Record] = []
    for number, member in enumerate(members, start=1):
        now, unit = SystemClock().now(), new_id()
        body = duty.MemberCheckedOut(
            unit_id=unit,
            station_id="s",
            path="/440100",
            site_class=SiteClass.A,
            member_id=member,
            at=now,
            reason="left",
        )
        key, value, headers = encode(Envelope(new_id(), "/test", body.ce_type(), unit, now, "c", sequence=number), body)
        sent = await producer.publish_one(DUTY.name, (key, value, headers), PARTITION)
        records.append(Record(DUTY.name, PARTITION, sent.offset, now, key, value, dict(headers)))
    return records


async def test_a_record_that_cannot_be_folded_is_met_once_and_its_neighbours_are_folded(
    settings: PlatformSettings, redis: Redis
) -> None:
    producer, clock = EventProducer(settings.kafka_bootstrap), SystemClock()
    await producer.start()
    buried: list[Record] = []

    class Letters(DeadLetters):
        async def bury(self, record: Record, reason: str) -> None:
            buried.append(record)
            await super().bury(record, reason)

    def projector(projection: Delicate) -> Projector:
        return Projector(
            "delicate",
            DUTY,
            projection,
            redis=redis,
            reader=LogReader(settings.kafka_bootstrap),
            dead_letters=Letters(producer, "test"),
            clock=clock,
        )

    poison = new_id()
    before, after = new_id(), new_id()
    records = await published(producer, before, poison, after)
    first = Delicate(poison)
    await projector(first).handle(records)
    assert [name for name in first.folded if name in (before, poison, after)] == [before, after]
    # Another owner begins where the first one stood: the poison is behind it.
    later = new_id()
    second = Delicate(poison)
    await projector(second).handle(await published(producer, later))
    assert second.folded == [later]
    assert [record.offset for record in buried] == [records[1].offset]
    await producer.stop()
