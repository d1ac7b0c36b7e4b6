"""Positions in batches: what is plausible is logged by station, the rest is named with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.checkin.application.directory import Directory
from services.checkin.application.ports import PositionLog
from shared.contracts.positions import Fix, PositionsReported
from shared.contracts.registry import Unit
from shared.vocabulary.geography import Crs, to_wgs84
from shared.vocabulary.organisation import within

AHEAD_MAX = timedelta(seconds=30)
"""How far a phone's clock may be ahead."""
AGE_MAX = timedelta(minutes=10)
ACCURACY_MAX_M = 100_000.0
FIXES_MAX = 1000
"""Fixes in one record."""


@dataclass(frozen=True, slots=True)
class ReportedFix:
    """A fix as a client reports it: degrees in the batch's reference system."""

    unit_id: str
    member_id: str
    lon: float
    lat: float
    accuracy_m: float
    time: datetime


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reports. `unit_id` set: a phone of that unit, which speaks for nobody else; else a gateway of `subtree`."""

    subtree: str
    unit_id: str | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """`index` counts the reported fixes from 0."""

    index: int
    code: str


async def report_positions(
    fixes: Sequence[ReportedFix], reporter: Reporter, crs: Crs, now: datetime, directory: Directory, log: PositionLog
) -> list[Rejected]:
    """Log what is plausible, durably; returns what was not, with `out-of-range`, `not-your-unit`, `unknown-unit`,
    `not-a-member`, `time-in-future` or `stale`. A unit outside of the reporter's subtree is an unknown one.
    """
    rejected: list[Rejected] = []
    by_station: dict[tuple[str, str], list[Fix]] = {}
    oldest, newest = now - AGE_MAX, now + AHEAD_MAX
    for index, fix in enumerate(fixes):
        unit = directory.units.get(fix.unit_id)
        code = _fault(fix, unit, reporter, oldest, newest)
        if code is not None or unit is None:
            rejected.append(Rejected(index, code or "unknown-unit"))
        else:
            by_station.setdefault((unit.station_id, unit.path), []).append(_converted(fix, crs))
    batches = [
        PositionsReported(station_id=station_id, path=path, fixes=tuple(good[start : start + FIXES_MAX]))
        for (station_id, path), good in by_station.items()
        for start in range(0, len(good), FIXES_MAX)
    ]
    if batches:
        await log.publish(batches)
    return rejected


def _fault(fix: ReportedFix, unit: Unit | None, reporter: Reporter, oldest: datetime, newest: datetime) -> str | None:
    """Asked 25,000 times a second: no check is made after the first that fails."""
    if not (abs(fix.lon) <= 180 and abs(fix.lat) <= 90 and 0 <= fix.accuracy_m <= ACCURACY_MAX_M):
        return "out-of-range"
    return _fault_of_unit(fix, unit, reporter) or _fault_of_time(fix, oldest, newest)


def _fault_of_unit(fix: ReportedFix, unit: Unit | None, reporter: Reporter) -> str | None:
    if reporter.unit_id not in (None, fix.unit_id):
        return "not-your-unit"
    if unit is None or not within(unit.path, reporter.subtree):
        return "unknown-unit"
    return None if fix.member_id in unit.member_ids else "not-a-member"


def _fault_of_time(fix: ReportedFix, oldest: datetime, newest: datetime) -> str | None:
    if fix.time > newest:
        return "time-in-future"
    return "stale" if fix.time < oldest else None


def _converted(fix: ReportedFix, crs: Crs) -> Fix:
    place = to_wgs84(fix.lon, fix.lat, crs)
    return Fix(
        unit_id=fix.unit_id,
        member_id=fix.member_id,
        lon=place.lon,
        lat=place.lat,
        accuracy_m=fix.accuracy_m,
        time=fix.time,
    )
