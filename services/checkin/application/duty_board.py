"""Who is on, who is missing, and which units have no quorum and why: a station at a glance, or a city in figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from heapq import nsmallest

from services.checkin.application.directory import Directory
from services.checkin.application.find_units import LOOK_AT_ONCE, UnitOnDuty, next_on_duty
from services.checkin.application.ports import DutyBook, Registry
from services.checkin.domain.personal import masked_name
from services.checkin.domain.state import Standing
from shared.contracts.registry import Station, Unit
from shared.vocabulary.organisation import StationLevel, within
from shared.vocabulary.terms import DutyState

SHORTFALLS_SHOWN = 200
"""Of all stations together; the counts are of all."""
MISSING_SHOWN = 50
"""Of one unit."""
ENDED_LATELY = timedelta(minutes=30)
"""So long after it ran out, a lease that nobody renewed is the reason; later it is that nobody came."""


class Why(StrEnum):
    """Why a unit cannot be sent."""

    NOBODY = "nobody"
    BELOW_QUORUM = "below-quorum"
    LEASE_ENDED = "lease-ended"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody who is there; `name` is masked, and empty of somebody who is no longer registered."""

    member_id: str
    name: str
    post_id: str
    post_name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who could be there; `name` is masked."""

    member_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A unit without its quorum. `missing` are at most MISSING_SHOWN of `missing_total`."""

    unit: Unit
    why: Why
    on_duty: tuple[OnDuty, ...]
    missing: tuple[Missing, ...]
    missing_total: int


@dataclass(frozen=True, slots=True)
class StationBoard:
    """One station. `units` are `on`, `short` or `off`; `people_on` are on duty in any of them."""

    station: Station
    units: int
    on: int
    short: int
    off: int
    people_on: int
    shortfalls: tuple[Shortfall, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Stations by path. Of `shortfalls_total` the gravest are shown with their people, SHORTFALLS_SHOWN at most."""

    stations: tuple[StationBoard, ...]
    shortfalls_total: int


async def duty_board(subtree: str, now: datetime, directory: Directory, book: DutyBook, registry: Registry) -> Board:
    """The board of the stations of `subtree`. Names are opened for the shortfalls that are shown only."""
    stations = [s for s in directory.stations.values() if s.level is StationLevel.STATION and within(s.path, subtree)]
    by_station: dict[str, list[Standing]] = {station.station_id: [] for station in stations}
    short: list[UnitOnDuty] = []
    units = (unit for unit in directory.units_after("") if unit.station_id in by_station)
    while chunk := await next_on_duty(units, LOOK_AT_ONCE, book):
        for item in chunk:
            by_station[item.unit.station_id].append(item.standing)
        short += [item for item in chunk if item.standing.state is not DutyState.ON]
    shown = await _shown(nsmallest(SHORTFALLS_SHOWN, short, key=_gravity), now, directory, registry)
    return Board(
        tuple(
            _station(station, by_station[station.station_id], shown)
            for station in sorted(stations, key=lambda station: station.path)
        ),
        len(short),
    )


def _gravity(item: UnitOnDuty) -> tuple[bool, str, bool, str]:
    """The riskiest sites first, and of these those with nobody; what is suspended is known to be so."""
    unit = item.unit
    return unit.suspended, unit.site_class.value, item.standing.state is DutyState.SHORT, unit.unit_id


def _station(station: Station, standings: Sequence[Standing], shown: Iterable[Shortfall]) -> StationBoard:
    states = [standing.state for standing in standings]
    return StationBoard(
        station,
        units=len(states),
        on=states.count(DutyState.ON),
        short=states.count(DutyState.SHORT),
        off=states.count(DutyState.OFF),
        people_on=len({lease.member_id for standing in standings for lease in standing.leases}),
        shortfalls=tuple(shortfall for shortfall in shown if shortfall.unit.station_id == station.station_id),
    )


async def _shown(
    items: Sequence[UnitOnDuty], now: datetime, directory: Directory, registry: Registry
) -> list[Shortfall]:
    missing = {item.unit.unit_id: _missing(item) for item in items}
    on_duty = {lease.member_id for item in items for lease in item.standing.leases}
    names = await registry.names_of(on_duty.union(*(ids[:MISSING_SHOWN] for ids in missing.values())))

    def shortfall(item: UnitOnDuty) -> Shortfall:
        ids = missing[item.unit.unit_id]
        return Shortfall(
            item.unit,
            _why(item, now),
            on_duty=tuple(
                OnDuty(
                    lease.member_id,
                    masked_name(names.get(lease.member_id, "")),
                    lease.post_id,
                    _post_name(directory, lease.post_id),
                    lease.until,
                )
                for lease in item.standing.leases
            ),
            missing=tuple(Missing(id_, masked_name(names.get(id_, ""))) for id_ in ids[:MISSING_SHOWN]),
            missing_total=len(ids),
        )

    return [shortfall(item) for item in items]


def _missing(item: UnitOnDuty) -> list[str]:
    """The unit's active members who are not on duty."""
    there = {lease.member_id for lease in item.standing.leases}
    return [member_id for member_id in item.unit.member_ids if member_id not in there]


def _why(item: UnitOnDuty, now: datetime) -> Why:
    if item.unit.suspended:
        return Why.SUSPENDED
    if item.standing.state is DutyState.SHORT:
        return Why.BELOW_QUORUM
    lapsed_at = item.standing.lapsed_at
    return Why.LEASE_ENDED if lapsed_at is not None and now - lapsed_at <= ENDED_LATELY else Why.NOBODY


def _post_name(directory: Directory, post_id: str) -> str:
    found = directory.post(post_id)
    return "" if found is None else found[1].name
