"""Whom the matcher would take now. Nobody is claimed by looking, so all of it may be otherwise a moment later."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from services.dispatch.application.ports import ClaimsLost, Found, Lookout, TravelTimes, UnitHomes
from services.dispatch.domain.commands import ReportIncident, RequestUnit
from services.dispatch.domain.decide import decide
from services.dispatch.domain.events import ReinforcementRequested
from services.dispatch.domain.playbook import Playbook
from services.dispatch.domain.report import report
from services.dispatch.domain.state import Reported
from shared.contracts import incident
from shared.ports import Clock
from shared.vocabulary.decisions import Refused
from shared.vocabulary.geography import Point
from shared.vocabulary.organisation import within


@dataclass(frozen=True, slots=True)
class Proposed:
    """A unit near the scene. `stage`: the stage that it would be ordered for, if it is chosen; `eta_s` in seconds."""

    unit: Found
    stage: int | None
    eta_s: float


class Foresight:
    """Asks as the decider would ask, and answers as the matcher would.

    By name, an officer may call the units of the officer's own subtree, and of the others those that a ring of the
    playbook shows, as mutual rescue does. To call another one is for the officers above.
    """

    def __init__(self, *, units: Lookout, homes: UnitHomes, travel_times: TravelTimes, clock: Clock) -> None:
        self._units = units
        self._homes = homes
        self._travel_times = travel_times
        self._clock = clock

    async def of_report(self, command: ReportIncident) -> Sequence[Proposed]:
        """The units near the scene, the nearest first, and who of them would be ordered at once. Raises ClaimsLost."""
        requests = self._requests(command)
        found: dict[str, tuple[Found, int | None]] = {}
        for request in requests:
            chosen = [unit_id for unit_id, (_, stage) in found.items() if stage is not None]
            for unit in await self._look(request, exclude=chosen):
                if unit.chosen or unit.unit_id not in found:
                    found[unit.unit_id] = (unit, request.stage if unit.chosen else None)
        return await self._timed(list(found.values()), command.location)

    async def in_call(self, command: ReportIncident, subtree: str) -> tuple[str, ...]:
        """Of the units that were picked with a report, those that an officer of `subtree` may call."""
        picked = tuple(dict.fromkeys(command.units))
        are_own = await asyncio.gather(*(self._is_own(unit_id, subtree) for unit_id in picked))
        callable_ = {unit_id for unit_id, is_own in zip(picked, are_own, strict=True) if is_own}
        if not callable_.issuperset(picked):
            callable_ |= await self._picked_nearby(command)
        return tuple(unit_id for unit_id in picked if unit_id in callable_)

    async def of_unit(self, state: Reported, command: RequestUnit, subtree: str) -> Found | Refused | None:
        """The unit that an officer of `subtree` asks for by name, chosen or not. Raises ClaimsLost.

        None when there is none that the officer may call.
        """
        decision = decide(state, command, self._clock.now())
        if isinstance(decision, Refused):
            return decision
        [request] = [event for event in decision.events if isinstance(event, ReinforcementRequested)]
        is_own = await self._is_own(command.unit_id, subtree)
        found = next(iter(await self._look(request)), None)
        return found if found is not None and (is_own or _lends(found, state.playbook)) else None

    def _requests(self, command: ReportIncident) -> Sequence[ReinforcementRequested]:
        return [event for event in report(command, self._clock.now()) if isinstance(event, ReinforcementRequested)]

    async def _picked_nearby(self, command: ReportIncident) -> set[str]:
        """None while claims are lost: a report does not wait for the neighbours' units."""
        try:
            found = [unit for request in self._requests(command) if request.named for unit in await self._look(request)]
        except ClaimsLost:
            return set()
        return {unit.unit_id for unit in found if _lends(unit, command.playbook)}

    async def _is_own(self, unit_id: str, subtree: str) -> bool:
        home = await self._homes.home(unit_id)
        return home is not None and within(home.path, subtree)

    async def _look(self, request: ReinforcementRequested, exclude: Sequence[str] = ()) -> Sequence[Found]:
        values = asdict(request)
        body = incident.ReinforcementRequested.model_validate({**values, "exclude": [*request.exclude, *exclude]})
        return (await self._units.look(body, self._clock.now())).units

    async def _timed(self, found: Sequence[tuple[Found, int | None]], scene: Point) -> Sequence[Proposed]:
        times = await self._travel_times.seconds([unit.place for unit, _ in found], scene)
        proposed = (Proposed(unit, stage, eta_s) for (unit, stage), eta_s in zip(found, times, strict=True))
        return sorted(proposed, key=lambda each: each.unit.distance_m)


def _lends(unit: Found, playbook: Playbook) -> bool:
    """Whether neighbours may know of the unit, since it is where a ring finds it."""
    return unit.on_ring and unit.distance_m <= playbook.reach_m
