"""The figures of a station, its subtree included, for a stretch of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice

from services.analytics.application.ports import By, History, Question, Station
from services.analytics.domain.figures import Coverage, Figures
from services.analytics.domain.window import DAYS_MAX, Window
from shared.vocabulary.organisation import within


class UnknownStation(LookupError):
    """There is no such station in the asker's subtree. Whether there is one elsewhere is not said."""


class TooManyDays(ValueError):
    """More than DAYS_MAX rows were asked for."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a report. `name`: what people call the key."""

    key: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """`station` is None when all that the asker may see was asked for. `as_of`: nothing after it is counted."""

    station: Station | None
    window: Window
    by: By
    drill: bool
    as_of: datetime
    rows: tuple[Row, ...]


class ReportFigures:
    """Answers one question about the history."""

    def __init__(self, history: History, zone: tzinfo) -> None:
        """`zone`: whose midnights part the days."""
        self._history = history
        self._zone = zone

    async def __call__(
        self, *, subtree: str, station_id: str | None, window: Window, by: By, drill: bool, now: datetime
    ) -> Report:
        """Figures of `station_id`, or of all of `subtree`. Raises UnknownStation and TooManyDays."""
        stations = await self._history.stations()
        station = None if station_id is None else _visible(stations, station_id, subtree)
        known = window.until(now)
        days = [day.isoformat() for day, _ in islice(known.days(self._zone), DAYS_MAX + 1)] if by == "day" else []
        if len(days) > DAYS_MAX:
            raise TooManyDays(f"more than {DAYS_MAX} days asked for")
        path = subtree if station is None else station.path
        measured = await self._history.measure(Question(path, known, by, drill))
        names = {s.station_id: s.name for s in stations.values()} if by == "station" else {}
        keys = days or ([""] if by == "none" else sorted(measured))
        rows = tuple(Row(key, names.get(key, ""), measured.get(key, _nothing(by, drill))) for key in keys)
        return Report(station, window, by, drill, now, rows)


def _visible(stations: Mapping[str, Station], station_id: str, subtree: str) -> Station:
    station = stations.get(station_id)
    if station is None or not within(station.path, subtree):
        raise UnknownStation(station_id)
    return station


def _nothing(by: By, drill: bool) -> Figures:
    return Figures(coverage=None if drill or by == "class" else Coverage())
