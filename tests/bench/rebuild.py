"""After FLUSHALL: until dispatch and check-in know again what they knew."""

import asyncio
import time
from collections.abc import Mapping

from redis.asyncio import Redis

from deploy.local.demo.accounts import OPERATOR
from shared.contracts.topics import CHECKIN_COMMANDS, DISPATCH_COMMANDS, DUTY, INCIDENTS, POSITIONS, STATIONS, UNITS
from shared.platform.projection import done_key
from shared.vocabulary.terms import SiteClass
from tests.bench.city import OnDuty, publish, registered, units
from tests.bench.duty_commands import Standing, check_in_records, produce
from tests.bench.fixes import FOLDED
from tests.bench.fixes import UNITS as COUNT
from tests.bench.incident_load import report_incidents
from tests.bench.load import LoadProcess, run
from tests.bench.on_duty import until_in_directory
from tests.bench.plain_reading import read_all
from tests.bench.progress import Ends, all_end_offsets, hash_done, ledger_done, until_done
from tests.bench.ratios import Figure, Goal, Series
from tests.bench.rows import CannotMeasure, Measured, Row, Say
from tests.bench.stage import Stage

MEMBERS, INCIDENTS_OPEN, A_SECOND, REPETITIONS = 2, 1000, 100.0, 3
FOLDED_TOPICS = (STATIONS, UNITS, DUTY, INCIDENTS, POSITIONS)
DECIDED = {"checkin": CHECKIN_COMMANDS, "dispatch": DISPATCH_COMMANDS}
WITHIN_S = 90.0


def register(bootstrap: str, city: list[OnDuty]) -> int:
    """In the load process: stations and units."""
    return run(publish(bootstrap, registered(city)))


def check_everybody_in(bootstrap: str, city: list[OnDuty]) -> int:
    """In the load process: a command for every member, as the API writes it; how many there are."""
    people = [
        Standing(unit.unit_id, member, unit.station_id, unit.path, SiteClass.B, 2, unit.place)
        for unit in city
        for member in unit.members
    ]
    run(produce(bootstrap, check_in_records(people, reply_to=None)))
    return len(people)


class Knowledge:
    """What the two services have in Redis, and whether it is all there."""

    def __init__(self, redis: "Redis", bootstrap: str) -> None:
        self._redis = redis
        self._bootstrap = bootstrap

    async def ends(self) -> Mapping[str, Ends]:
        """What the logs hold now."""
        names = [topic.name for topic in (*FOLDED_TOPICS, *DECIDED.values())]
        return await all_end_offsets(self._bootstrap, names)

    async def until_whole(self, ends: Mapping[str, Ends]) -> dict[str, float]:
        """When (`time.perf_counter`) each part had come as far as its log was at `ends`, by the part's name."""
        parts = {f"live state of {name}": (ledger_done(self._redis, name), topic) for name, topic in DECIDED.items()}
        for topic in FOLDED_TOPICS:
            parts[f"what is folded of {topic.name}"] = (hash_done(self._redis, done_key(FOLDED, topic)), topic)
        waiting = [until_done(done, ends[topic.name], WITHIN_S) for done, topic in parts.values()]
        at = await asyncio.gather(*waiting)
        await until_in_directory(self._redis, COUNT)
        return {**dict(zip(parts, at, strict=True)), "the unit directory": time.perf_counter()}

    async def check(self) -> None:
        """Raises CannotMeasure when a unit's duty is missing though the markers say that all is there."""
        duties = [key async for key in self._redis.scan_iter("{checkin:*}:state:*", count=5000)]
        if len(duties) != COUNT:
            raise CannotMeasure(f"{len(duties):,} duty states after the rebuild instead of {COUNT:,}")


async def measure(say: Say) -> Measured:
    city = units(seed=1, count=COUNT, members=MEMBERS)
    with Stage("rebuild") as stage, LoadProcess() as load:
        addresses = stage.addresses()
        redis = Redis.from_url(addresses.redis_url)
        knowledge = Knowledge(redis, addresses.kafka_bootstrap)
        stage.worker("checkin")
        stage.worker("dispatch")
        dispatch = stage.api("dispatch")
        await load.call(register, addresses.kafka_bootstrap, city)
        count = await load.call(check_everybody_in, addresses.kafka_bootstrap, city)
        await knowledge.until_whole(await knowledge.ends())
        say(f"{count:,} check-ins are decided and folded")
        places = [unit.place for unit in city[:: COUNT // INCIDENTS_OPEN][:INCIDENTS_OPEN]]
        await load.call(report_incidents, dispatch, stage.bearer(OPERATOR), places, A_SECOND)
        await knowledge.until_whole(await knowledge.ends())
        say(f"{INCIDENTS_OPEN:,} incidents are open")
        took: list[float] = []
        peers: list[float] = []
        parts: list[dict[str, float]] = []
        for number in range(REPETITIONS):
            ends = await knowledge.ends()
            started = time.perf_counter()
            await redis.flushall()
            whole = await knowledge.until_whole(ends)
            took.append(max(whole.values()) - started)
            parts.append({name: at - started for name, at in whole.items()})
            await knowledge.check()
            names = [topic.name for topic in FOLDED_TOPICS]
            records, seconds = await load.call(read_all, addresses.kafka_bootstrap, names)
            peers.append(seconds)
            say(f"{number + 1}: {took[-1]:.1f} s, read with aiokafka in {seconds:.2f} s ({records:,} records)")
        await redis.aclose()
    return Measured(
        (
            Figure(
                Series("until all is known again", "s", tuple(took)),
                Series("reading the same topics once", "s", tuple(peers)),
                Goal("at most", 3, "ratio"),
            ),
        ),
        (
            f"{COUNT:,} units with {count:,} people on duty, {INCIDENTS_OPEN:,} open incidents whose deadlines go on"
            f" firing, {records:,} records; both workers on the same two cores; up to 1 s until the loss is noticed.",
            f"Whole after, in the last repetition: {_listed(parts[-1])}.",
        ),
    )


def _listed(parts: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {seconds:.1f} s" for name, seconds in parts.items())


ROW = Row(
    key="rebuild",
    what="rebuild of dispatch and checkin after FLUSHALL, 23,000 units, 1,000 open incidents",
    peer="reading the same topics with aiokafka",
    goal="≤ 3 × it",
    run=measure,
)
