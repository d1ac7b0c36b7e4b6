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
from services.checkin.domain.roster import Shift, expected
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
    """Somebody who should be there; `name` is masked. `post_id`: where the roster expects them, if it says so."""

    member_id: str
    name: str
    post_id: str | None
    post_name: str


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A unit without its quorum. `missing` are at most MISSING_SHOWN of `missing_total`: who is expected now, where the
    unit has a roster (`rostered`), else every member.
    """

    unit: Unit
    why: Why
    rostered: bool
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
    """The board of the stations of `subtree`; `now` in the city's time, as rosters are. Names are opened, and rosters
    read, for the shortfalls that are shown only.
    """
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
    rosters = await registry.rosters_of([item.unit.unit_id for item in items])
    missing = {item.unit.unit_id: _missing(item, rosters.get(item.unit.unit_id), now) for item in items}
    on_duty = {lease.member_id for item in items for lease in item.standing.leases}
    names = await registry.names_of(on_duty.union(*(list(each)[:MISSING_SHOWN] for each in missing.values())))

    def shortfall(item: UnitOnDuty) -> Shortfall:
        absent = missing[item.unit.unit_id]
        return Shortfall(
            item.unit,
            _why(item, now),
            rostered=item.unit.unit_id in rosters,
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
            missing=tuple(
                Missing(id_, masked_name(names.get(id_, "")), post_id, _post_name(directory, post_id))
                for id_, post_id in list(absent.items())[:MISSING_SHOWN]
            ),
            missing_total=len(absent),
        )

    return [shortfall(item) for item in items]


def _missing(item: UnitOnDuty, roster: Iterable[Shift] | None, now: datetime) -> dict[str, str | None]:
    """The unit's active members who should be on duty and are not, with the post where each is expected."""
    there = {lease.member_id for lease in item.standing.leases}
    due = dict.fromkeys(item.unit.member_ids) if roster is None else expected(roster, now)
    return {id_: due[id_] for id_ in item.unit.member_ids if id_ in due and id_ not in there}


def _why(item: UnitOnDuty, now: datetime) -> Why:
    if item.unit.suspended:
        return Why.SUSPENDED
    if item.standing.state is DutyState.SHORT:
        return Why.BELOW_QUORUM
    lapsed_at = item.standing.lapsed_at
    return Why.LEASE_ENDED if lapsed_at is not None and now - lapsed_at <= ENDED_LATELY else Why.NOBODY


def _post_name(directory: Directory, post_id: str | None) -> str:
    found = None if post_id is None else directory.post(post_id)
    return "" if found is None else found[1].name
