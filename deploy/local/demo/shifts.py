"""Who is on duty when: crews come and go with their watches, and renew their leases while they stand."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from random import Random

from deploy.local.demo.city import City, Manned
from deploy.local.demo.client import Api, ApiProblem, Unreachable
from deploy.local.demo.life_stats import LifeStats
from deploy.local.demo.phones import Crew, crew_at
from deploy.local.demo.rosters import ZONE, turn, watch_at
from shared.platform.clock import SystemClock

RENEW_BEFORE = timedelta(minutes=10)
CREWS_FIRST = 20
KEEPERS, KEEPER_PAUSE_S = 6, 0.5  # up to 12 crews a second: what two cores bear beside everything else
_clock = SystemClock()


class Shifts:
    """Keeps on duty who the rosters say, but for those who do not come."""

    def __init__(self, city: City, api: Api, stats: LifeStats, random: Random) -> None:
        self._city = city
        self._api = api
        self._stats = stats
        self._random = random
        self._until: dict[str, datetime] = {}
        self.crews: dict[str, Crew] = {}
        """Crews on duty, by unit."""
        self.settled = asyncio.Event()
        """Set once enough are on duty for something to happen."""

    async def keep(self) -> None:
        """Until cancelled."""
        units = list(self._city.units)
        self._random.shuffle(units)
        async with asyncio.TaskGroup() as keepers:
            for number in range(KEEPERS):
                keepers.create_task(self._keep(units[number::KEEPERS]))

    async def _keep(self, units: Sequence[Manned]) -> None:
        while True:
            changes = 0
            for manned in units:
                if await self._look_after(manned):
                    changes += 1
                    await asyncio.sleep(KEEPER_PAUSE_S)
                if len(self.crews) >= CREWS_FIRST:
                    self.settled.set()
            if self.crews:
                self.settled.set()
            if not changes:
                await asyncio.sleep(1)

    async def _look_after(self, manned: Manned) -> bool:
        """Put the right crew on duty; whether anything had to be done."""
        now = _clock.now()
        unit_id, watch = manned.unit.unit_id, watch_at(manned, now)
        standing = self.crews.get(unit_id)
        if standing is not None and watch == standing.phones[0].person.watch:
            if self._until[unit_id] - now > RENEW_BEFORE:
                return False
            await self._try(self._renew(standing))
            return True
        if standing is None and watch is None:
            return False
        await self._try(self._relieve(manned, standing, watch, now))
        return True

    async def _relieve(self, manned: Manned, standing: Crew | None, watch: int | None, now: datetime) -> None:
        if watch is not None:
            due = turn(self._city.seed, manned, watch, now.astimezone(ZONE).date())
            await self._renew(crew_at(self._api, manned, due.comes, due.post))
        if standing is not None:
            await standing.check_out()
            self._stats.count("crews relieved")
        if watch is None:
            self.crews.pop(manned.unit.unit_id, None)
        self._tell()

    async def _renew(self, crew: Crew) -> None:
        self._until[crew.unit_id] = await crew.check_in()
        self.crews[crew.unit_id] = crew
        self._stats.count("check-ins", len(crew.phones))
        self._tell()

    def _tell(self) -> None:
        self._stats.units_on_duty = len(self.crews)
        self._stats.people_on_duty = sum(len(crew.phones) for crew in self.crews.values())

    async def _try(self, change: Awaitable[None]) -> None:
        try:
            await change
        except (ApiProblem, Unreachable) as problem:
            self._stats.problem(problem)
