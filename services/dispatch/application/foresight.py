"""Whom the matcher would take now. Nobody is claimed by looking, so all of it may be otherwise a moment later."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from services.dispatch.application.ports import Found, Lookout, TravelTimes
from services.dispatch.domain.commands import ReportIncident, RequestUnit
from services.dispatch.domain.decide import decide
from services.dispatch.domain.events import ReinforcementRequested
from services.dispatch.domain.report import report
from services.dispatch.domain.state import Reported
from shared.contracts import incident
from shared.ports import Clock
from shared.vocabulary.decisions import Refused
from shared.vocabulary.geography import Point


@dataclass(frozen=True, slots=True)
class Proposed:
    """A unit near the scene. `stage`: the stage that it would be ordered for, if it is chosen; `eta_s` in seconds."""

    unit: Found
    stage: int | None
    eta_s: float


class Foresight:
    """Asks as the decider would ask, and answers as the matcher would."""

    def __init__(self, *, units: Lookout, travel_times: TravelTimes, clock: Clock) -> None:
        self._units = units
        self._travel_times = travel_times
        self._clock = clock

    async def of_report(self, command: ReportIncident) -> Sequence[Proposed]:
        """The units near the scene, the nearest first, and who of them would be ordered at once. Raises ClaimsLost."""
        requests = [e for e in report(command, self._clock.now()) if isinstance(e, ReinforcementRequested)]
        found: dict[str, tuple[Found, int | None]] = {}
        for request in requests:
            chosen = [unit_id for unit_id, (_, stage) in found.items() if stage is not None]
            for unit in await self._look(request, exclude=chosen):
                if unit.chosen or unit.unit_id not in found:
                    found[unit.unit_id] = (unit, request.stage if unit.chosen else None)
        return await self._timed(list(found.values()), command.location)

    async def of_unit(self, state: Reported, command: RequestUnit) -> Found | Refused | None:
        """The unit that somebody asks for by name, chosen or not; None when there is none. Raises ClaimsLost."""
        decision = decide(state, command, self._clock.now())
        if isinstance(decision, Refused):
            return decision
        [request] = [event for event in decision.events if isinstance(event, ReinforcementRequested)]
        return next(iter(await self._look(request)), None)

    async def _look(self, request: ReinforcementRequested, exclude: Sequence[str] = ()) -> Sequence[Found]:
        values = asdict(request)
        body = incident.ReinforcementRequested.model_validate({**values, "exclude": [*request.exclude, *exclude]})
        return (await self._units.look(body, self._clock.now())).units

    async def _timed(self, found: Sequence[tuple[Found, int | None]], scene: Point) -> Sequence[Proposed]:
        times = await self._travel_times.seconds([unit.place for unit, _ in found], scene)
        proposed = (Proposed(unit, stage, eta_s) for (unit, stage), eta_s in zip(found, times, strict=True))
        return sorted(proposed, key=lambda each: each.unit.distance_m)
