"""From the report of an incident to the order in a member's inbox, while positions pour in."""

import asyncio
import time

from redis.asyncio import Redis

from deploy.local.demo.accounts import GATEWAY, OPERATOR
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.bench import faust_hop
from tests.bench.city import OnDuty, units
from tests.bench.fixes import UNITS, Reached
from tests.bench.fixes_load import ACCEPTED, get_ready, report_rounds, report_steadily
from tests.bench.kafka_topics import make_topics
from tests.bench.load import LoadProcess, Tally
from tests.bench.on_duty import publish_city, until_in_directory
from tests.bench.order_load import Scene, Watched, hop_times, report_and_watch
from tests.bench.ratios import Figure, Goal, Series, percentile
from tests.bench.rows import CannotMeasure, Measured, Row, Say
from tests.bench.stage import Stage

WANTED_FIXES, OF_REACHED = 25_000.0, 0.8
REPETITIONS, SCENES, SECONDS, HOPS, HOPS_IN_LENGTH = 3, 55, 15.0, 100, 6
EVERY = 100
"""Every hundredth unit has people with phones; incidents happen there."""


async def measure(say: Say) -> Measured:
    city = units(seed=1, count=UNITS, members=2)
    peopled = city[::EVERY]
    with Stage("orders") as stage, LoadProcess() as gateway, LoadProcess() as watch:
        addresses = stage.addresses()
        redis = Redis.from_url(addresses.redis_url)
        stage.worker("dispatch", {"REST_AFTER_S": "0"})
        stage.worker("notify")
        await gateway.call(publish_city, addresses.kafka_bootstrap, city, peopled)
        checkin, dispatch, notify = stage.api("checkin"), stage.api("dispatch"), stage.api("notify")
        make_topics(addresses.kafka_bootstrap, faust_hop.IN, faust_hop.OUT)
        stage.program("hop", "tests.bench.faust_hop", {"F_DATADIR": str(stage.directory / "hop")})
        await until_in_directory(redis, UNITS)
        await watch.call(hop_times, addresses.kafka_bootstrap, 5)
        say(f"{UNITS:,} units are on duty")
        await gateway.call(get_ready, stage.bearer(GATEWAY), city)
        reached = await _visible_a_second(gateway, checkin, Reached(redis, addresses.kafka_bootstrap))
        rate = min(WANTED_FIXES, OF_REACHED * reached)
        say(f"{reached:.0f} fixes/s become visible; {rate:.0f}/s run from now on")
        operator = stage.bearer(OPERATOR)
        scenes = _scenes(stage, peopled[REPETITIONS * SCENES :])
        calm = await watch.call(report_and_watch, dispatch, notify, operator, scenes, SECONDS)
        found: list[Watched] = []
        peers: list[list[float]] = []
        for number in range(REPETITIONS):
            fixes = asyncio.create_task(gateway.call(report_steadily, checkin, rate, SECONDS + 8))
            scenes = _scenes(stage, peopled[number * SCENES : (number + 1) * SCENES])
            found.append(await watch.call(report_and_watch, dispatch, notify, operator, scenes, SECONDS))
            peers.append(await watch.call(hop_times, addresses.kafka_bootstrap, HOPS))
            _check(found[-1], await fixes)
            say(f"{number + 1}: p50 {percentile(found[-1].readable_s, 0.5) * 1000:.0f} ms of {len(scenes)} at most")
        await redis.aclose()
    return Measured(tuple(_figures(found, peers, calm)), (_remark(found, rate, reached),))


async def _visible_a_second(gateway: LoadProcess, checkin: str, reached: Reached) -> float:
    await gateway.call(report_rounds, checkin, 1)
    await reached.all_of_it()
    started = time.perf_counter()
    await gateway.call(report_rounds, checkin, 2)
    return 2 * UNITS / (await reached.all_of_it() - started)


def _scenes(stage: Stage, places: list[OnDuty]) -> list[Scene]:
    return [Scene(unit.unit_id, unit.place.lon, unit.place.lat, stage.bearer(_first_of(unit))) for unit in places]


def _first_of(unit: OnDuty) -> Principal:
    return Principal(unit.members[0], Role.MEMBER, unit.path, unit_id=unit.unit_id, station_id=unit.station_id)


def _check(watched: Watched, fixes: Tally) -> None:
    if not watched.readable_s:
        raise CannotMeasure(f"none of {watched.lost} orders was readable in time")
    if set(fixes.statuses) != {ACCEPTED}:
        raise CannotMeasure(f"positions were answered {dict(fixes.statuses)}")


def _figures(found: list[Watched], peers: list[list[float]], calm: Watched) -> list[Figure]:
    def ours(share: float) -> Series:
        times = tuple(percentile(watched.readable_s, share) * 1000 for watched in found)
        return Series(f"order readable, p{share * 100:.0f}", "ms", times)

    def hops(share: float) -> Series:
        times = tuple(HOPS_IN_LENGTH * percentile(times, share) * 1000 for times in peers)
        return Series(f"{HOPS_IN_LENGTH} × one faust hop, p{share * 100:.0f}", "ms", times)

    answered = tuple(percentile(watched.answered_s, 0.5) * 1000 for watched in found)
    return [
        Figure(ours(0.5), hops(0.5), Goal("at most", 60, "figure")),
        Figure(ours(0.99), hops(0.99), Goal("at most", 300, "figure")),
        Figure(Series("of that, until the report is answered, p50", "ms", answered)),
        Figure(Series("order readable without any fixes, p50", "ms", (percentile(calm.readable_s, 0.5) * 1000,))),
    ]


def _remark(found: list[Watched], rate: float, reached: float) -> str:
    lost = sum(watched.lost for watched in found)
    counts = ", ".join(str(len(watched.readable_s)) for watched in found)
    return (
        f"{counts} incidents, one after another, each at a unit whose phone waits at its inbox; {lost} orders were not"
        f" readable within 20 s or went elsewhere. {rate:,.0f} fixes/s ran: {OF_REACHED:g} of the {reached:,.0f}/s that"
        f" became visible at most just before, since {WANTED_FIXES:,.0f}/s are not reached on this machine."
        if rate < WANTED_FIXES
        else f"{counts} incidents; {lost} orders not readable within 20 s; {rate:,.0f} fixes/s ran."
    )


ROW = Row(
    key="orders",
    what="incident POST → order readable in a member's inbox, with fixes running",
    peer="6 × one faust hop",
    goal="p50 ≤ 60 ms, p99 ≤ 300 ms",
    run=measure,
)
