"""What the simulation has shown to be wrong, as small as it can be shown: it is to stay mended, or to be mended."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from services.checkin.adapters.duty_ledger import DECIDING
from services.dispatch.adapters.claims_kept import KEPT_KEY, ClaimsKept
from services.notify.adapters.redis_call_marks import RedisCallMarks
from shared.contracts.base import Place
from shared.contracts.duty import CheckIn, CheckOut
from shared.platform.clock import SystemIds
from shared.platform.dead_letters import DeadLetters
from shared.platform.ledger import Ledger
from shared.platform.recovery import Recovery
from shared.vocabulary.terms import SiteClass
from tests.fakes.world import FakeProducer, FakeReader, FakeStore, World
from tests.simulation import virtual_time
from tests.simulation.chronicle import Chronicle
from tests.simulation.delivery_story import DeliveryStory
from tests.simulation.incident_story import UNITS
from tests.simulation.process import Process
from tests.simulation.redis import FOR_EVER_MS, Client, RedisMemory
from tests.simulation.unit_directory import UnitScripts
from tests.simulation.weather import Weather

NOW = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)
SURE_AFTER_S = 2
"""What begins so long after marks began to be kept was called under no other."""


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


def test_an_attempt_is_not_called_again_though_a_worker_stood_still_while_marks_were_lost() -> None:
    """It was about to begin keeping marks; when it went on, those of another worker had come and gone."""

    async def story() -> bool:
        redis = RedisMemory()
        stands = Process("stands", Weather(freeze=1, longest_freeze_s=90), Random(0), Chronicle())
        goes = Process("goes", Weather(), Random(0), Chronicle())
        late, marks = (RedisCallMarks(caller(redis, process)) for process in (stands, goes))
        keeping = asyncio.create_task(late.keep())
        await asyncio.sleep(1)
        await marks.keep()
        await asyncio.sleep(SURE_AFTER_S)
        begun_at = virtual_time.now()
        assert await marks.set("attempt", begun_at)
        redis.empty()
        stands.weather.clear_up()
        await keeping
        return await marks.set("attempt", begun_at)

    assert not virtual_time.run(story())


def test_claims_are_not_called_kept_when_they_are_lost_again_while_the_first_loss_is_waited_out() -> None:
    class LostAgain:
        async def wait(self) -> None:
            redis.empty()

    redis = RedisMemory()
    process: Any = Process("worker", Weather(), Random(0), Chronicle())
    client: Any = Client(redis.keys, process, UnitScripts(UNITS).by_text())
    lost_again: Any = LostAgain()
    virtual_time.run(ClaimsKept(client, lost_again, lost_again, SystemIds()).restore())
    assert redis.keys.strings.keys().isdisjoint([KEPT_KEY])


def test_an_attempt_is_not_called_again_though_redis_was_rewound_to_before_its_mark() -> None:
    async def story() -> bool:
        redis = RedisMemory()
        process: Any = Process("worker", Weather(), Random(0), Chronicle())
        marks = RedisCallMarks(caller(redis, process))
        await marks.keep()
        await asyncio.sleep(SURE_AFTER_S)
        before, begun_at = redis.snapshot(), virtual_time.now()
        assert await marks.set("attempt", begun_at)
        redis.restore(before)
        return await marks.set("attempt", begun_at)

    assert not virtual_time.run(story())


def test_a_unit_is_not_chosen_again_though_redis_was_rewound_to_before_its_claim() -> None:
    async def story() -> tuple[list[str], list[str]]:
        redis, scripts = RedisMemory(), UnitScripts(UNITS)
        redis.keys.put(KEPT_KEY, str(redis.keys.run), FOR_EVER_MS)
        before = redis.snapshot()
        first = chosen(scripts.choose_and_claim(redis.keys, [wanted("i1")]))
        redis.restore(before)
        return first, chosen(scripts.choose_and_claim(redis.keys, [wanted("i2")]))

    first, second = virtual_time.run(story())
    assert first
    assert not set(first) & set(second)


def caller(redis: RedisMemory, process: Process) -> Any:
    return Client(redis.keys, process, DeliveryStory.scripts)


def wanted(incident_id: str) -> str:
    place = {"lon": UNITS[0].place.lon, "lat": UNITS[0].place.lat, "within_m": 5000}
    kept = {"claim_ms": 180_000, "keep_ms": 1_000_000, "now_ms": 0}
    return json.dumps(
        {"incident_id": incident_id, "round": 1, "drill": False, "count": 1, "exclude": [], **place, **kept}
    )


def chosen(answer: bytes | None) -> list[str]:
    if answer is None:
        return []
    return [unit["unit_id"] for unit in json.loads(answer)["units"] if unit["chosen"]]
