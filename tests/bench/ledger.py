"""Commands of duty, decided by one worker: how many a second when they stand in a queue."""

import time
from dataclasses import replace

from redis.asyncio import Redis

from shared.contracts.base import Place
from shared.contracts.topics import CHECKIN_COMMANDS
from shared.vocabulary.terms import SiteClass
from tests.bench import bare_ledger
from tests.bench.duty_commands import Standing, check_in_records, produce
from tests.bench.kafka_topics import make_topics
from tests.bench.load import LoadProcess, run
from tests.bench.progress import Done, Ends, end_offsets, hash_done, ledger_done, until_done
from tests.bench.ratios import Figure, Goal, Series
from tests.bench.rows import Measured, Row, Say
from tests.bench.stage import Stage, paused

UNITS, MEMBERS, REPETITIONS = 2000, 8, 3
REPLY_TO = "bench:replies"
TEMPLATE = Standing("u", "m", "440106001", "/440100/440106/440106001", SiteClass.B, 3, Place(lon=113.32, lat=23.13))


def write_check_ins(bootstrap: str, repetition: int) -> int:
    """In the load process: every member of every unit goes on duty, member after member; how many there are.

    Each repetition has units of its own, so that all find states of the same size.
    """
    people = [
        replace(TEMPLATE, unit_id=f"u{repetition}-{unit}", member_id=f"m{repetition}-{unit}-{member}")
        for member in range(MEMBERS)
        for unit in range(UNITS)
    ]
    run(produce(bootstrap, check_in_records(people, REPLY_TO)))
    return len(people)


async def measure(say: Say) -> Measured:
    with Stage("ledger") as stage, LoadProcess() as load:
        addresses = stage.addresses()
        make_topics(addresses.kafka_bootstrap, bare_ledger.EVENTS)
        redis = Redis.from_url(addresses.redis_url)
        worker, bare = stage.worker("checkin"), stage.program("bare", "tests.bench.bare_ledger")
        ours: list[float] = []
        peers: list[float] = []
        for number in range(REPETITIONS):
            # Both decide the same records, one after the other.
            async with paused(worker):
                async with paused(bare):
                    count = await load.call(write_check_ins, addresses.kafka_bootstrap, number)
                    ends = await end_offsets(addresses.kafka_bootstrap, CHECKIN_COMMANDS.name)
                peers.append(count / await _seconds_until(hash_done(redis, bare_ledger.DONE), ends))
            ours.append(count / await _seconds_until(ledger_done(redis, "checkin"), ends))
            say(f"{number + 1}: {ours[-1]:.0f}/s, the bare loop {peers[-1]:.0f}/s")
        await redis.aclose()
    return Measured(
        (
            Figure(
                Series("duty commands decided", "/s", tuple(ours)),
                Series("bare aiokafka batch loop", "/s", tuple(peers)),
                Goal("at least", 0.25, "ratio"),
            ),
        ),
        (
            f"{count:,} check-ins a repetition, {MEMBERS} of each of {UNITS:,} units;"
            " two events and an answer for each.",
        ),
    )


async def _seconds_until(done: Done, ends: Ends) -> float:
    started = time.perf_counter()
    return await until_done(done, ends, within_s=60) - started


ROW = Row(
    key="ledger",
    what="ledger commands, one worker",
    peer="the same five steps on a bare aiokafka batch loop",
    goal="≥ 0.25 of it",
    run=measure,
)
