"""Positions: posted to check-in's API, through Kafka, visible in dispatch's geo index."""

import time
from collections.abc import Sequence
from random import Random

from redis.asyncio import Redis

from deploy.local.demo.accounts import GATEWAY
from services.dispatch.adapters.redis_units import PREFIX
from shared.contracts.topics import POSITIONS
from shared.platform.projection import done_key
from tests.bench.city import OnDuty, units
from tests.bench.fixes_load import ACCEPTED, get_ready, report_rounds, write_straight
from tests.bench.load import LoadProcess
from tests.bench.on_duty import publish_city, until_in_directory
from tests.bench.progress import end_offsets, hash_done, until_done
from tests.bench.ratios import Figure, Goal, Series
from tests.bench.rows import CannotMeasure, Measured, Row, Say
from tests.bench.stage import Stage

UNITS, ROUNDS, REPETITIONS = 23_000, 3, 3
FOLDED = "dispatch:folded"
LOOKED_AT = 500


async def measure(say: Say) -> Measured:
    city = units(seed=1, count=UNITS, members=2)
    with Stage("fixes") as stage, LoadProcess() as load:
        addresses = stage.addresses()
        redis = Redis.from_url(addresses.redis_url)
        stage.worker("dispatch")
        await load.call(publish_city, addresses.kafka_bootstrap, city)
        api = stage.api("checkin")
        await until_in_directory(redis, UNITS)
        say(f"{UNITS:,} units are on duty")
        await load.call(get_ready, stage.bearer(GATEWAY), city)
        reached = Reached(redis, addresses.kafka_bootstrap)
        ours: list[float] = []
        accepted: list[float] = []
        peers: list[float] = []
        for number in range(REPETITIONS):
            started = time.perf_counter()
            tally, last_round_ms = await load.call(report_rounds, api, ROUNDS)
            if set(tally.statuses) != {ACCEPTED}:
                raise CannotMeasure(f"positions were answered {dict(tally.statuses)}")
            ours.append(ROUNDS * UNITS / (await reached.all_of_it() - started))
            accepted.append(ROUNDS * UNITS / tally.elapsed_s)
            await reached.check(city, last_round_ms)
            peers.append(await load.call(write_straight, addresses.redis_url, city, ROUNDS))
            say(f"{number + 1}: {ours[-1]:.0f}/s, straight into Redis {peers[-1]:.0f}/s")
        await redis.aclose()
    visible = Series("fixes visible in the geo index", "/s", tuple(ours))
    straight = Series("redis-py pipelined GEOADD + HSET", "/s", tuple(peers))
    return Measured(
        (
            Figure(visible, straight, Goal("at least", 0.4, "ratio")),
            Figure(visible, goal=Goal("at least", 25_000, "figure")),
            Figure(Series("fixes accepted by the API meanwhile", "/s", tuple(accepted))),
        ),
        (
            f"{ROUNDS} rounds of {UNITS:,} units a repetition, 5,000 fixes a request, 4 clients; one API process"
            " and one dispatch worker; visible: the positions' marker has reached the topic's end, and"
            f" {LOOKED_AT} units were looked at.",
        ),
    )


class Reached:
    """Whether dispatch has folded what the topic holds."""

    def __init__(self, redis: "Redis", bootstrap: str) -> None:
        self._redis = redis
        self._bootstrap = bootstrap

    async def all_of_it(self) -> float:
        """When (`time.perf_counter`) everything was folded that is in the topic now."""
        ends = await end_offsets(self._bootstrap, POSITIONS.name)
        return await until_done(hash_done(self._redis, done_key(FOLDED, POSITIONS)), ends, within_s=120)

    async def check(self, city: Sequence[OnDuty], since_ms: int) -> None:
        """Raises CannotMeasure when a unit's position is older than this: then the figure would be a lie."""
        for unit in Random(since_ms).sample(city, LOOKED_AT):
            at_ms = await self._redis.hget(f"{PREFIX}unit:{unit.unit_id}", "at_ms")
            if int(at_ms or 0) < since_ms:
                raise CannotMeasure(f"{unit.unit_id} has not moved though the marker says so")


ROW = Row(
    key="fixes",
    what="fixes: HTTP → Kafka → visible in dispatch's geo index, one worker",
    peer="redis-py pipelined GEOADD + HSET, no Kafka",
    goal="≥ 0.4 of it, and ≥ 25,000/s end to end",
    run=measure,
)
