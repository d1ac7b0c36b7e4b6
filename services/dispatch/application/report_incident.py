"""Turning a report into the command that opens an incident."""

from dataclasses import dataclass

from services.dispatch.application.playbooks import Playbooks, with_times_scaled
from services.dispatch.application.ports import Home, Stations, UnitHomes
from shared.contracts.base import Place
from shared.contracts.incident import ReportIncident, Source
from shared.vocabulary.geography import Point
from shared.vocabulary.ids import derived_id
from shared.vocabulary.organisation import within
from shared.vocabulary.terms import IncidentClass, Severity, SourceKind


@dataclass(frozen=True, slots=True)
class Report:
    """What was told."""

    incident_class: IncidentClass
    severity: Severity
    location: Point
    description: str
    photo_url: str | None
    source: Source
    external_id: str | None
    drill: bool
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who told it. `home`: the station whose officer it is; None for anybody else."""

    subject: str
    subtree: str
    home: Home | None


class NoStation(Exception):
    """Nobody knows yet which station the place belongs to."""


class IncidentDesk:
    """Takes reports."""

    def __init__(self, *, playbooks: Playbooks, stations: Stations, units: UnitHomes, time_factor: float) -> None:
        """`time_factor` scales the playbook's times when it is frozen onto the incident."""
        self._playbooks = playbooks
        self._stations = stations
        self._units = units
        self._time_factor = time_factor

    async def take(self, report: Report, reporter: Reporter, fresh_id: str) -> ReportIncident:
        """The command. Raises NoStation.

        A report under another system's id becomes the same incident however often it comes; else it is `fresh_id`.
        """
        home = await self._home(report, reporter)
        playbook = self._playbooks.playbook_for(report.incident_class, report.severity)
        return ReportIncident(
            incident_id=_incident_id(report, fresh_id),
            incident_class=report.incident_class,
            severity=report.severity,
            location=Place(lon=report.location.lon, lat=report.location.lat),
            description=report.description,
            photo_url=report.photo_url,
            source=report.source,
            external_id=report.external_id,
            station_id=home.station_id,
            path=home.path,
            playbook=with_times_scaled(playbook, self._time_factor),
            drill=report.drill,
            units=report.units,
            by=reporter.subject,
        )

    async def _home(self, report: Report, reporter: Reporter) -> Home:
        """The officer's own station, the station of a unit that the reporter may know of, else the nearest."""
        if reporter.home is not None:
            return reporter.home
        home = await self._units.home(report.source.id) if report.source.kind is SourceKind.UNIT else None
        if home is not None and within(home.path, reporter.subtree):
            return home
        nearest = await self._stations.nearest(report.location)
        if nearest is None:
            raise NoStation
        return nearest


def _incident_id(report: Report, fresh_id: str) -> str:
    if report.external_id is None:
        return fresh_id
    return derived_id("incident", report.source.kind.value, report.source.id, report.external_id)
