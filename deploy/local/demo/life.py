"""Keeps the city alive: shifts, positions, drills, hazards, and now and then an incident that is answered."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from itertools import count
from random import Random

from deploy.local.demo.accounts import GATEWAY, OPERATOR
from deploy.local.demo.city import City
from deploy.local.demo.client import Api, ApiProblem, Issue, Unreachable
from deploy.local.demo.happenings import Happening
from deploy.local.demo.hazards import Hazards
from deploy.local.demo.life_stats import LifeStats
from deploy.local.demo.loading import load_rosters
from deploy.local.demo.organisation import moved
from deploy.local.demo.phones import Crew
from deploy.local.demo.rosters import ZONE
from deploy.local.demo.shifts import Shifts
from shared.platform.clock import SystemClock

CONNECTIONS = 24
POSITIONS_EVERY_S = 60.0
FIXES_MAX = 500  # of one request
PAUSE_S = (20.0, 60.0)  # between happenings
DRILLS = 0.7  # of all happenings
HAZARD_PAUSE_S = (30.0, 90.0)  # between steps of hazards
HAZARD_STEPS_FIRST, HAZARD_PAUSE_FIRST_S = 20, 1.0  # so that there are some of each kind to look at
STROLL_M = 15.0


async def live(base_url: str, issue: Issue, city: City, stats: LifeStats) -> None:
    """Live until cancelled. What the system refuses or cannot do is counted in `stats`, and life goes on."""
    random = Random(city.seed)
    async with Api(base_url, issue, connections=CONNECTIONS) as api, asyncio.TaskGroup() as life:
        shifts = Shifts(city, api, stats, random)
        life.create_task(shifts.keep())
        life.create_task(_again_and_again(lambda: _positions(shifts, api, stats, random), POSITIONS_EVERY_S, stats))
        life.create_task(_write_rosters(city, api, stats))
        life.create_task(_happen(shifts, city, api, stats, random))
        life.create_task(_find_hazards(shifts, Hazards(city, api, stats, random), stats, random))


async def _write_rosters(city: City, api: Api, stats: LifeStats) -> None:
    """Each midnight of the city: those of the day that begins and of the next. They were loaded for the first two."""
    while True:
        now = SystemClock().now().astimezone(ZONE)
        tomorrow = now.date() + timedelta(days=1)
        await asyncio.sleep((datetime.combine(tomorrow, time(), ZONE) - now).total_seconds())
        await _noting(load_rosters(api.caller(OPERATOR), city, tomorrow, lambda _: None), stats)


async def _happen(shifts: Shifts, city: City, api: Api, stats: LifeStats, random: Random) -> None:
    await shifts.settled.wait()
    while True:
        if shifts.crews:
            happening = Happening(shifts.crews, city, api, stats, random, drill=random.random() < DRILLS)
            await _noting(happening.run(), stats)
        await asyncio.sleep(random.uniform(*PAUSE_S))


async def _find_hazards(shifts: Shifts, hazards: Hazards, stats: LifeStats, random: Random) -> None:
    """Step by step; each leaves the hazards of its station on the listing as this life knows them."""

    async def step() -> None:
        crew = random.choice(list(shifts.crews.values()))
        changed = await hazards.step(random.choice(crew.phones).person)
        astray = await hazards.astray(changed.station_id)
        if astray:
            stats.count("hazards listed wrongly", len(astray))
            stats.note(f"hazards listed wrongly: {astray}")

    await shifts.settled.wait()
    for number in count():
        if shifts.crews:
            await _noting(step(), stats)
        await asyncio.sleep(HAZARD_PAUSE_FIRST_S if number < HAZARD_STEPS_FIRST else random.uniform(*HAZARD_PAUSE_S))


async def _positions(shifts: Shifts, api: Api, stats: LifeStats, random: Random) -> None:
    """Everybody on duty strolls about their post; the radio gateway passes on where they are."""
    gateway = api.caller(GATEWAY)
    crews = list(shifts.crews.values())
    for crew in crews:
        _stroll(crew, random)
    fixes = [fix for crew in crews for fix in crew.fixes()]
    for first in range(0, len(fixes), FIXES_MAX):
        answer = await gateway.post("/checkin/v1/positions", {"fixes": fixes[first : first + FIXES_MAX]})
        stats.count("positions reported", answer.body["accepted"])


def _stroll(crew: Crew, random: Random) -> None:
    for phone in crew.phones:
        if not crew.is_away:
            phone.place = moved(crew.post.location, random.uniform(-STROLL_M, STROLL_M), random.uniform(0, STROLL_M))


async def _again_and_again(act: Callable[[], Awaitable[None]], every_s: float, stats: LifeStats) -> None:
    while True:
        await _noting(act(), stats)
        await asyncio.sleep(every_s)


async def _noting(act: Awaitable[None], stats: LifeStats) -> None:
    try:
        await act
    except (ApiProblem, Unreachable) as problem:
        stats.problem(problem)
