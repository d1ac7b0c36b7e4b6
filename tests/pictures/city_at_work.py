"""A whole city on duty and moving: loaded as any city is, on duty by commands, with incidents that are answered."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from random import Random
from typing import Any

from deploy.local.demo import load_city
from deploy.local.demo.accounts import GATEWAY, OPERATOR
from deploy.local.demo.city import City, Manned
from deploy.local.demo.client import Api, Caller
from deploy.local.demo.happenings import Happening
from deploy.local.demo.hazards import Hazards
from deploy.local.demo.life_stats import LifeStats
from deploy.local.demo.logins import demo_logins, make_logins
from deploy.local.demo.organisation import moved
from deploy.local.demo.people import Person
from deploy.local.demo.phones import Crew, crew_at
from deploy.local.demo.rosters import ZONE, Turn, turn, watch_at
from deploy.local.system import System
from shared.platform.clock import SystemClock
from tests.bench.duty_commands import Standing, check_in_records, produce

FULL, SHORT = 0.80, 0.10
"""Shares of the units that are due: where all who are rostered come, but for a few; where too few of them come."""
HAZARD_STEPS = 60
EVERY_S = 10.0
"""How often each unit on duty says where it is."""
BATCH = 1000
STEP_M = 8.0
KNOWN_WITHIN_S = 300.0
HAPPENINGS = 8


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody whose radio reports where the unit is."""

    unit_id: str
    member_id: str
    lon: float
    lat: float


@dataclass
class CityAtWork:
    """What there is to look at."""

    system: System
    city: City
    api: Api
    """For who looks on: the crews' own has its connections full of telephones that wait for orders."""
    crews: dict[str, Crew]
    still: str
    """A unit with its quorum that neither moves nor is sent anywhere."""

    @property
    def operator(self) -> Caller:
        """The city's operator."""
        return self.api.caller(OPERATOR)


@asynccontextmanager
async def city_at_work(system: System, city: City) -> AsyncGenerator[CityAtWork]:
    """Everybody is there on entry, and units move until the end."""
    await load_city(system.base_url, system.issue, city, print)
    await make_logins(system.base_url, await system.first_link(), system.demo_password(), demo_logins(city))
    async with (
        Api(system.base_url, system.issue, patience_s=120) as api,
        Api(system.base_url, system.issue, connections=24, patience_s=120) as phones,
    ):
        crews = _crews(city, phones)
        people = [standing for crew in crews.values() for standing in _standings(crew)]
        print(f"{len(people)} people come on duty in {len(crews)} of {len(city.units)} units")
        await produce(system.kafka_bootstrap, check_in_records(people, None))
        still = next(id_ for id_, crew in crews.items() if len(crew.phones) >= crew.manned.unit.quorum)
        work = CityAtWork(system, city, api, crews, still)
        await _until_known(work)
        await _find_hazards(work)
        walkers = [
            Walker(c.unit_id, c.lead.person.member_id, c.post.location.lon, c.post.location.lat)
            for c in crews.values()
            if c.unit_id != still
        ]
        moving = get_context("spawn").Process(
            target=keep_moving, args=(system.base_url, system.issue(GATEWAY), walkers), daemon=True
        )
        moving.start()
        happening = asyncio.create_task(_happen(work, phones))
        try:
            yield work
        finally:
            happening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await happening
            moving.terminate()
            moving.join()


def keep_moving(base_url: str, token: str, walkers: list[Walker]) -> None:
    """In a process of its own: each unit takes a few steps every ten seconds, evenly spread over them."""
    asyncio.run(_keep_moving(base_url, token, walkers))


async def _keep_moving(base_url: str, token: str, walkers: list[Walker]) -> None:
    random = Random(1)
    batches = [walkers[start : start + BATCH] for start in range(0, len(walkers), BATCH)]
    began = time.monotonic()
    async with Api(base_url, lambda _: token, connections=4) as api:
        gateway = api.caller(GATEWAY)
        for number in range(10**9):
            due = began + number * EVERY_S / len(batches)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            fixes = list(_steps(batches[number % len(batches)], random))
            await gateway.post("/checkin/v1/positions", {"fixes": fixes})


def _steps(walkers: list[Walker], random: Random) -> Iterator[dict[str, Any]]:
    now = SystemClock().now().isoformat()
    degree_m = 111_000.0
    for walker in walkers:
        yield {
            "unit_id": walker.unit_id,
            "member_id": walker.member_id,
            "lon": walker.lon + random.uniform(-STEP_M, STEP_M) / degree_m,
            "lat": walker.lat + random.uniform(-STEP_M, STEP_M) / degree_m,
            "accuracy_m": 10,
            "time": now,
        }


def _crews(city: City, api: Api) -> dict[str, Crew]:
    """By night, too, units of the day are there: it is the whole city that is looked at. Nobody misses them then."""
    random, now = Random(city.seed), SystemClock().now().astimezone(ZONE)
    crews: dict[str, Crew] = {}
    for manned in city.units:
        watch, chance = watch_at(manned, now), random.random()
        due = turn(city.seed, manned, watch or 0, now.date())
        people = due.rostered if watch is None else _who_comes(manned, due, chance)
        if people:
            crews[manned.unit.unit_id] = crew_at(api, manned, people, due.post)
    return crews


def _who_comes(manned: Manned, due: Turn, chance: float) -> tuple[Person, ...]:
    return due.comes if chance < FULL else due.comes[: manned.unit.quorum - 1] if chance < FULL + SHORT else ()


def _standings(crew: Crew) -> Iterator[Standing]:
    unit = crew.manned.unit
    for phone in crew.phones:
        yield Standing(
            unit_id=unit.unit_id,
            member_id=phone.person.member_id,
            station_id=unit.station_id,
            path=unit.path,
            site_class=unit.site_class,
            quorum=unit.quorum,
            place=moved(crew.post.location, 2.0, 2.0),
            post_id=crew.post.post_id,
        )


async def _until_known(work: CityAtWork) -> None:
    """The map has every unit that is on duty."""
    wanted = sum(len(crew.phones) >= crew.manned.unit.quorum for crew in work.crews.values())
    until = time.monotonic() + KNOWN_WITHIN_S
    while True:
        answer = await work.operator.get("/dispatch/v1/map/units")
        duty = answer.body["fields"].index("duty")
        on = sum(row[duty] == "on" for row in answer.body["rows"])
        print(f"{on} of {wanted} units have their quorum")
        if on >= wanted:
            return
        assert time.monotonic() < until, "the map does not get to know who is on duty"
        await asyncio.sleep(2)


async def _find_hazards(work: CityAtWork) -> None:
    """Some of each kind, here and there."""
    random = Random(11)
    hazards, crews = Hazards(work.city, work.api, LifeStats(), random), list(work.crews.values())
    for _ in range(HAZARD_STEPS):
        await hazards.step(random.choice(crews).lead.person)


async def _happen(work: CityAtWork, phones: Api) -> None:
    """Incidents here and there, a drill among them, each answered by the crews that are near."""
    random, stats = Random(7), LifeStats()
    full = {
        id_: crew
        for id_, crew in work.crews.items()
        if len(crew.phones) >= crew.manned.unit.quorum and id_ != work.still
    }

    async def one(number: int) -> None:
        await asyncio.sleep(number * 4)
        while True:
            await Happening(full, work.city, phones, stats, random, drill=number == HAPPENINGS - 1).run()
            await asyncio.sleep(random.uniform(5, 20))

    async with asyncio.TaskGroup() as happenings:
        for number in range(HAPPENINGS):
            happenings.create_task(one(number))
