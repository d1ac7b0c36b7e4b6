"""Choosing and claiming five of the units on duty near a violent incident."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

import psycopg
from redis.asyncio import Redis

from deploy.local.demo.organisation import moved
from services.dispatch.adapters.claims_kept import KEPT_KEY
from services.dispatch.adapters.redis_unit_directory import RedisUnitDirectory
from services.dispatch.adapters.redis_units import PREFIX, RedisUnits, to_ms
from services.dispatch.application.ports import Found
from shared.contracts.incident import ReinforcementRequested
from shared.contracts.playbook import Need
from shared.platform.clock import SystemClock
from shared.platform.records import Received, Record
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import AssigneeKind, EquipmentKind
from tests.bench.city import OnDuty, Told, envelope_of, on_duty, unit_state, units
from tests.bench.claim_peers import ArrayUnits, PostgisUnits, mask_of
from tests.bench.prepare import provide_postgis
from tests.bench.ratios import Figure, Goal, Series, percentile
from tests.bench.rows import CannotMeasure, Measured, Row, Say
from tests.bench.stage import Stage

CITY, DENSE = 23_000, 230_000
CALLS, REPETITIONS, WITHIN_M, COUNT = 600, 3, 1500.0, 5
ARMS = (EquipmentKind.SHIELD, EquipmentKind.LONG_STICK)  # the threat rule of services/dispatch/playbooks
MAX_AGE_S = 1800.0
FILLED_AT_ONCE = 2000


@dataclass
class Timings:
    """Seconds of each call, by who was asked."""

    ours: list[float] = field(default_factory=list[float])
    geosearch: list[float] = field(default_factory=list[float])
    postgis: list[float] = field(default_factory=list[float])
    scan: list[float] = field(default_factory=list[float])

    def series(self, who: str, name: str, share: float, repetitions: int) -> Series:
        """A percentile in ms, repetition by repetition."""
        times: list[float] = getattr(self, who)
        size = len(times) // repetitions
        parts = [times[size * n : size * (n + 1)] for n in range(repetitions)]
        return Series(name, "ms", tuple(percentile(part, share) * 1000 for part in parts))


class Contest:
    """The directory as dispatch fills it, and its rivals, all asked the same one after the other."""

    def __init__(self, redis: "Redis", postgis: PostgisUnits | None, now: datetime) -> None:
        self._redis = redis
        self._postgis = postgis
        self._now = now
        self._directory = RedisUnitDirectory(redis, position_max_age_s=MAX_AGE_S)
        self._wanted = {
            "members": 3,
            "mask": mask_of(ARMS),
            "now_ms": to_ms(now),
            "oldest_ms": to_ms(now) - int(MAX_AGE_S * 1000),
            "within_m": WITHIN_M,
            "count": COUNT,
        }
        self.found = 0

    async def fill(self, city: Sequence[OnDuty]) -> None:
        """Every unit registered and on duty, by the service's own projection; no claim was ever lost."""
        await self._redis.flushdb()
        await self._redis.set(KEPT_KEY, (await self._redis.info("server"))["run_id"])
        projection = RedisUnits(self._redis)
        for start in range(0, len(city), FILLED_AT_ONCE):
            some = city[start : start + FILLED_AT_ONCE]
            told = (told for unit in some for told in (unit_state(unit), on_duty(unit, self._now)))
            await projection.apply([_received(one, self._now) for one in told])
        self._scan = ArrayUnits(city, to_ms(self._now))
        if self._postgis is not None:
            await self._postgis.fill(city, to_ms(self._now))

    async def run(self, city: Sequence[OnDuty], calls: int, random: Random) -> Timings:
        """So many scenes near units; the order of asking is the same at each."""
        timings = Timings()
        for number in range(calls):
            near = moved(random.choice(city).place, random.gauss(0, 200), random.gauss(0, 200))
            await self._once(Point(near.lon, near.lat), number, timings)
        return timings

    async def _once(self, scene: Point, number: int, timings: Timings) -> None:
        request = _request(f"i{number}", scene, self._now)
        at = time.perf_counter()
        found = (await self._directory.choose_and_claim(request, self._now)).units
        timings.ours.append(time.perf_counter() - at)
        self.found += sum(unit.chosen for unit in found)
        await self._release(request, found)
        at = time.perf_counter()
        await self._redis.geosearch(
            f"{PREFIX}geo",
            longitude=scene.lon,
            latitude=scene.lat,
            radius=WITHIN_M,
            unit="m",
            sort="ASC",
            count=20,
            withdist=True,
        )
        timings.geosearch.append(time.perf_counter() - at)
        if self._postgis is not None:
            at = time.perf_counter()
            await self._postgis.nearest(scene, self._wanted)
            timings.postgis.append(time.perf_counter() - at)
        at = time.perf_counter()
        self._scan.nearest(scene, self._wanted)
        timings.scan.append(time.perf_counter() - at)

    async def _release(self, request: ReinforcementRequested, found: Sequence[Found]) -> None:
        claims = [f"{PREFIX}claim:{unit.unit_id}" for unit in found if unit.chosen]
        await self._redis.delete(f"{PREFIX}round:{request.incident_id}:{request.round}", *claims)


async def measure(say: Say) -> Measured:
    remarks: list[str] = []
    with Stage("claims") as stage:
        connection = await _postgres(stage, remarks)
        redis = Redis.from_url(stage.backends.redis_url())
        contest = Contest(redis, None if connection is None else PostgisUnits(connection), SystemClock().now())
        by_size = {size: await _contest(contest, size, say) for size in (CITY, DENSE)}
        if connection is not None:
            await connection.close()
        await redis.aclose()
    remarks.append(
        f"{CALLS} scenes a repetition, within {WITHIN_M:g} m, {COUNT} units with 3 people, shield and long stick,"
        f" others as observers; {contest.found / (2 * REPETITIONS * CALLS):.2f} found on average."
        f" {DENSE:,} units: the same city, ten times as dense. Claims are released outside the measured time."
    )
    return Measured(tuple(_figures(by_size[CITY], by_size[DENSE], has_postgis=connection is not None)), tuple(remarks))


async def _contest(contest: Contest, size: int, say: Say) -> Timings:
    city = units(seed=1, count=size, members=2, members_max=6)
    await contest.fill(city)
    say(f"{size:,} units are on duty")
    random = Random(size)
    await contest.run(city, 100, random)  # warm
    timings = await contest.run(city, CALLS * REPETITIONS, random)
    late_ms, search_ms = (percentile(times, 0.99) * 1000 for times in (timings.ours, timings.geosearch))
    say(f"p99 {late_ms:.2f} ms, GEOSEARCH {search_ms:.2f} ms")
    return timings


def _figures(city: Timings, dense: Timings, *, has_postgis: bool) -> list[Figure]:
    def series(timings: Timings, who: str, name: str, share: float = 0.99) -> Series:
        return timings.series(who, f"{name}, p{share * 100:.0f}", share, REPETITIONS)

    ours = series(city, "ours", "choose and claim, 23,000")
    figures = [Figure(ours, series(city, "geosearch", "GEOSEARCH COUNT 20"), Goal("at most", 2, "ratio"))]
    if has_postgis:
        figures.append(Figure(ours, series(city, "postgis", "PostGIS <->"), Goal("at most", 1, "ratio")))
    usual = series(city, "ours", "choose and claim, 23,000", 0.5)
    return [
        *figures,
        Figure(ours, series(city, "scan", "numpy scan")),
        Figure(usual, series(city, "geosearch", "GEOSEARCH COUNT 20", 0.5)),
        Figure(series(dense, "ours", "choose and claim, 230,000"), ours, Goal("at most", 1.5, "ratio")),
        Figure(series(dense, "ours", "choose and claim, 230,000"), series(dense, "geosearch", "GEOSEARCH COUNT 20")),
        *([Figure(usual, series(city, "postgis", "PostGIS <->", 0.5))] if has_postgis else []),
    ]


async def _postgres(stage: Stage, remarks: list[str]) -> "psycopg.AsyncConnection | None":
    try:
        provide_postgis()
    except CannotMeasure as reason:
        remarks.append(f"No PostGIS: {reason}.")
        return None
    url = stage.backends.postgres_url().replace("+psycopg", "")
    return await psycopg.AsyncConnection.connect(url, autocommit=True)


def _received(told: Told, now: datetime) -> Received:
    topic, subject, body, _ = told
    record = Record(topic.name, 0, 0, now, subject.encode(), None, {})
    return Received(record, envelope_of(told, now), body)


def _request(incident_id: str, scene: Point, now: datetime) -> ReinforcementRequested:
    return ReinforcementRequested(
        incident_id=incident_id,
        station_id="440106001",
        path="/440100/440106/440106001",
        drill=False,
        at=now,
        by="bench",
        round=1,
        stage=3,
        need=Need(assignee=AssigneeKind.UNIT, count=COUNT, within_m=WITHIN_M),
        observers_allowed=True,
        threat_members_min=3,
        threat_equipment=tuple(kind.value for kind in ARMS),
        location={"lon": scene.lon, "lat": scene.lat},
        exclude=(),
        reason="stage-started",
    )


ROW = Row(
    key="claims",
    what="choosing and claiming 5 of 23,000 on-duty units, filters on",
    peer="one GEOSEARCH COUNT 20; PostGIS <-> KNN with the same filters; a numpy scan",
    goal="p99 ≤ 2 × GEOSEARCH, faster than PostGIS; at 230,000 ≤ 1.5 × that at 23,000",
    run=measure,
)
