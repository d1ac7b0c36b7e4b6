"""Answering a request for reinforcement with a selection of units."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.dispatch.application.ports import Commands, Found, LiveIncidents, TravelTimes, UnitDirectory
from services.dispatch.domain.state import Open
from shared.contracts.incident import AssignUnits, Candidate, ReinforcementRequested
from shared.ports import Clock
from shared.vocabulary.geography import Point
from shared.vocabulary.ids import derived_id

# A request without a live incident is one whose state is not remembered yet, unless it is older than this.
FRESH = timedelta(minutes=10)


class Matcher:
    """Chooses units for each round that still waits, and commands the incident's decider to order them."""

    def __init__(
        self,
        *,
        directory: UnitDirectory,
        travel_times: TravelTimes,
        incidents: LiveIncidents,
        commands: Commands,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._travel_times = travel_times
        self._incidents = incidents
        self._commands = commands
        self._clock = clock

    async def on_reinforcement_requested(self, request: ReinforcementRequested, correlation_id: str) -> None:
        """Choose, claim, and say so under an id derived from the round: repeated, it has no second effect."""
        now = self._clock.now()
        if not await self._is_waiting(request, now):
            return
        selection = await self._directory.choose_and_claim(request, now)
        scene = Point(request.location.lon, request.location.lat)
        times = await self._travel_times.seconds([unit.place for unit in selection.units], scene)
        body = AssignUnits(
            incident_id=request.incident_id,
            round=request.round,
            candidates=_candidates(selection.units, times),
            claimed_at=selection.claimed_at,
        )
        await self._commands.send(
            request.incident_id,
            body,
            command_id=derived_id("assign", request.incident_id, request.round),
            correlation_id=correlation_id,
            drill=request.drill,
        )

    async def _is_waiting(self, request: ReinforcementRequested, now: datetime) -> bool:
        """A reader that begins at the log's start must not claim units for what is long over."""
        incident = await self._incidents.incident(request.incident_id)
        if incident is None:
            return now - request.at < FRESH
        if not isinstance(incident, Open):
            return False
        round_ = incident.round(request.round)
        return round_ is None or not round_.answered


def _candidates(found: Sequence[Found], times: Sequence[float]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            unit_id=unit.unit_id,
            station_id=unit.station_id,
            chosen=unit.chosen,
            role=unit.role,
            distance_m=unit.distance_m,
            eta_s=eta_s,
            members_on_duty=unit.members_on_duty,
            reasons=unit.reasons,
        )
        for unit, eta_s in zip(found, times, strict=True)
    )
