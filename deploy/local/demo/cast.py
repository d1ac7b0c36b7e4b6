"""Everybody of a scenario in place: on duty, positions known, listening to their phones; and afterwards off duty."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from deploy.local.demo.accounts import principal_of
from deploy.local.demo.city import City
from deploy.local.demo.client import Api, Caller
from deploy.local.demo.phones import Crew, Phone, crew_of
from deploy.local.demo.responders import PACE, Answering, Listener, Responder, arrival, unless_over
from deploy.local.demo.scenario_data import OnDuty, Police, Scenario
from deploy.local.demo.scene import scene_of
from shared.contracts.base import Place

POSITIONS_EVERY_S = 5.0


class PoliceCar:
    """The station's own police: answers the order to the station, and comes."""

    def __init__(self, phone: Phone, scene: Place, plan: Police, drill: bool = False) -> None:
        """`drill`: whether it answers the orders of drills, or else those of real incidents."""
        self.listener = Listener(phone)
        self._scene = scene
        self._plan = plan
        self._drill = drill

    async def run(self) -> None:
        """Listen and answer until cancelled."""
        async with asyncio.TaskGroup() as work:
            while True:
                for item in await self.listener.news():
                    if item["purpose"] == "order" and item["drill"] is self._drill:
                        work.create_task(self._go(f"{item['incident_id']}/orders/{item['order_id']}"))

    async def _go(self, order: str) -> None:
        caller = self.listener.phone.caller
        await asyncio.sleep(self._plan.acknowledges_after_s * PACE)
        await unless_over(caller.post(f"/dispatch/v1/incidents/{order}/acknowledge", {}))
        await asyncio.sleep((self._plan.arrives_after_s - self._plan.acknowledges_after_s) * PACE)
        await unless_over(caller.post(f"/dispatch/v1/incidents/{order}/arrive", arrival(self._scene)))


@dataclass
class Cast:
    """The people of one scenario."""

    scene: Place
    station_id: str
    officer: Caller
    officers: int
    """Of the whole city."""
    responders: dict[str, Responder]
    police: PoliceCar
    faults: list[BaseException] = field(default_factory=list[BaseException])
    """What went wrong in their programs, not in the system."""


@asynccontextmanager
async def on_duty(scenario: Scenario, city: City, api: Api, factor: float) -> AsyncGenerator[Cast]:
    """The scenario's people, checked in and listening."""
    cast = _cast(scenario, city, api, factor)
    crews = [responder.crew for responder in cast.responders.values()]
    tasks: list[asyncio.Task[None]] = []
    try:
        await asyncio.gather(*(crew.check_in() for crew in crews))
        await asyncio.gather(*(crew.report_positions() for crew in crews))
        runs = [responder.run() for responder in cast.responders.values()]
        runs += [cast.police.run(), *(_keep_reporting(crew) for crew in crews)]
        tasks = [asyncio.create_task(run) for run in runs]
        yield cast
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        cast.faults += [fault for end in ended if isinstance(end, BaseException) for fault in _faults(end)]
        await asyncio.gather(*(crew.check_out() for crew in crews))


def _cast(scenario: Scenario, city: City, api: Api, factor: float) -> Cast:
    name = f"{scenario.report.station}派出所"
    station = next(station for station in city.stations if station.name == name)
    officer = city.officer_of(station.station_id)
    caller = api.caller(principal_of(officer))
    scene = scene_of(scenario.report.scene)
    return Cast(
        scene=scene,
        station_id=station.station_id,
        officer=caller,
        officers=len(city.officers),
        responders={role.unit: _responder(role, city, api, factor) for role in scenario.on_duty},
        police=PoliceCar(Phone(officer, caller, station.location), scene, scenario.police),
    )


def _responder(role: OnDuty, city: City, api: Api, factor: float) -> Responder:
    crew = crew_of(api, city.unit_by_id[role.unit], role.people, post=role.post)
    return Responder(crew, Answering(role.manner, role.after_s, factor))


async def _keep_reporting(crew: Crew) -> None:
    while True:
        await asyncio.sleep(POSITIONS_EVERY_S)
        await crew.report_positions()


def _faults(end: BaseException) -> list[BaseException]:
    """What a group's tasks failed of, and not that they failed. To be cancelled is no fault."""
    if isinstance(end, BaseExceptionGroup):
        each: tuple[BaseException, ...] = end.exceptions
        return [fault for one in each for fault in _faults(one)]
    return [] if isinstance(end, asyncio.CancelledError) else [end]
