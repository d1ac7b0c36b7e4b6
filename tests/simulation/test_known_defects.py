"""What the simulation has shown to be wrong, as small as it can be shown: it is to stay mended."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.checkin.adapters.duty_ledger import DECIDING
from shared.contracts.base import Place
from shared.contracts.duty import CheckIn, CheckOut
from shared.platform.dead_letters import DeadLetters
from shared.platform.ledger import Ledger
from shared.platform.recovery import Recovery
from shared.vocabulary.terms import SiteClass
from tests.fakes.world import FakeProducer, FakeReader, FakeStore, World

NOW = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)


class Duty:
    """A duty ledger in memory with two commands in its log: a check-out that is refused, then a check-in."""

    def __init__(self) -> None:
        self.world = World()
        self.store: Any = FakeStore(self.world)
        producer: Any = FakeProducer(self.world, NOW)
        reader: Any = FakeReader(self.world)
        self.ledger = Ledger(
            DECIDING,
            store=self.store,
            producer=producer,
            dead_letters=DeadLetters(producer, "test"),
            recovery=Recovery(self.store, reader, DECIDING.events),
        )
        topic = DECIDING.commands.name
        self.world.command(topic, "u", CheckOut(unit_id="u", member_id="m"), NOW, "out")
        self.world.command(topic, "u", check_in(), NOW, "in")
        self.records = self.world.logs[topic]

    def events(self) -> list[bytes]:
        return [record.headers["ce_causationid"] for record in self.world.logs.get(DECIDING.events.name, [])]


def check_in() -> CheckIn:
    return CheckIn(
        unit_id="u",
        member_id="m",
        post_id="post",
        station_id="440106007",
        path="/440100/440106/440106007",
        site_class=SiteClass.B,
        quorum=1,
        location=Place(lon=113.319, lat=23.1352),
        accuracy_m=5,
        code_step=None,
        scanned_at=NOW - timedelta(seconds=1),
        lease_s=60,
    )


async def test_a_record_that_comes_twice_in_one_batch_is_decided_once() -> None:
    duty = Duty()
    await duty.ledger.handle([*duty.records, *duty.records])
    assert duty.events() == [b"in", b"in"]


async def test_a_batch_that_steps_back_leaves_nothing_decided_undone() -> None:
    duty = Duty()
    await duty.ledger.handle([*duty.records, duty.records[0]])
    assert duty.store.partitions[0]["done"] == duty.records[-1].offset
