"""What the simulation has shown to be wrong, as small as it can be shown: it is to stay mended, or to be mended."""

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from services.checkin.adapters.duty_ledger import DECIDING
from services.dispatch.adapters.claims_kept import KEPT_KEY
from services.notify.adapters import redis_call_marks
from services.notify.adapters.redis_call_marks import RedisCallMarks
from shared.contracts.base import Place
from shared.contracts.duty import CheckIn, CheckOut
from shared.platform.dead_letters import DeadLetters
from shared.platform.ledger import Ledger
from shared.platform.recovery import Recovery
from shared.vocabulary.terms import SiteClass
from tests.fakes.world import FakeProducer, FakeReader, FakeStore, World
from tests.simulation import virtual_time
from tests.simulation.chronicle import Chronicle
from tests.simulation.delivery_story import set_mark
from tests.simulation.incident_story import UNITS
from tests.simulation.process import Process
from tests.simulation.redis import FOR_EVER_MS, Client, RedisMemory
from tests.simulation.unit_directory import UnitScripts
from tests.simulation.weather import Weather

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


REWOUND = (
    "what tells a loss of all data does not tell one of the last writes: a fail-over to a replica keeps the older mark"
)


@pytest.mark.xfail(strict=True, reason=f"{REWOUND} `since`, so an attempt is called again (seeds 179, 260)")
def test_an_attempt_is_not_called_again_though_redis_was_rewound_to_before_its_mark() -> None:
    async def story() -> bool:
        redis = RedisMemory()
        process: Any = Process("worker", Weather(), Random(0), Chronicle())
        client: Any = Client(redis.keys, process, {redis_call_marks.SET: set_mark})
        marks = RedisCallMarks(client, process)
        await marks.keep()
        before = redis.snapshot()
        assert await marks.set("attempt", process.now())
        redis.restore(before)
        return await marks.set("attempt", process.now())

    assert not virtual_time.run(story())


@pytest.mark.xfail(strict=True, reason=f"{REWOUND} `claims-kept`, so a unit just claimed is chosen again")
def test_a_unit_is_not_chosen_again_though_redis_was_rewound_to_before_its_claim() -> None:
    async def story() -> tuple[list[str], list[str]]:
        redis, scripts = RedisMemory(), UnitScripts(UNITS)
        redis.keys.put(KEPT_KEY, "1", FOR_EVER_MS)
        before = redis.snapshot()
        first = chosen(scripts.choose_and_claim(redis.keys, [wanted("i1")]))
        redis.restore(before)
        return first, chosen(scripts.choose_and_claim(redis.keys, [wanted("i2")]))

    first, second = virtual_time.run(story())
    assert not set(first) & set(second)


def wanted(incident_id: str) -> str:
    place = {"lon": UNITS[0].place.lon, "lat": UNITS[0].place.lat, "within_m": 5000}
    kept = {"claim_ms": 180_000, "keep_ms": 1_000_000, "now_ms": 0}
    return json.dumps(
        {"incident_id": incident_id, "round": 1, "drill": False, "count": 1, "exclude": [], **place, **kept}
    )


def chosen(answer: bytes | None) -> list[str]:
    assert answer is not None
    return [unit["unit_id"] for unit in json.loads(answer)["units"] if unit["chosen"]]
