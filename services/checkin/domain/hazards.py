"""A hazard 隐患: reported once it was found, then rectified, then verified by somebody else."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypedDict, assert_never

from services.checkin.domain.hazard_messages import (
    HazardCommand,
    HazardEvent,
    HazardRectified,
    HazardReported,
    HazardVerified,
    RectifyHazard,
    ReportHazard,
    VerifyHazard,
)
from shared.vocabulary.decisions import Accepted, Refused, TimePassed


class HazardStatus(StrEnum):
    """How far it has come."""

    REPORTED = "reported"
    RECTIFIED = "rectified"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Step:
    """Who did something about it, when, and in which words."""

    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody has reported it."""

    state: Literal["unknown"] = "unknown"


@dataclass(frozen=True, slots=True)
class Reported:
    """Nobody has put it right yet."""

    report: HazardReported
    state: Literal["reported"] = "reported"


@dataclass(frozen=True, slots=True)
class Rectified:
    """Somebody says it is right; nobody else has looked yet."""

    report: HazardReported
    rectified: Step
    state: Literal["rectified"] = "rectified"


@dataclass(frozen=True, slots=True)
class Verified:
    """It is right, and done with."""

    report: HazardReported
    rectified: Step
    verified: Step
    state: Literal["verified"] = "verified"


Known = Reported | Rectified | Verified
Hazard = Unknown | Known
Decision = Accepted[HazardEvent] | Refused


def status_of(hazard: Known) -> HazardStatus:
    """How far it has come."""
    return HazardStatus(hazard.state)


def decide(hazard: Hazard, command: HazardCommand, now: datetime) -> Decision:
    """The decision on a command whose record carries the time `now`."""
    match command:
        case ReportHazard():
            return _report(hazard, command, now)
        case RectifyHazard():
            return _rectify(hazard, command, now)
        case VerifyHazard():
            return _verify(hazard, command, now)
        case TimePassed():
            return Accepted(())  # it waits for people, however long
        case _:
            assert_never(command)


def evolve(hazard: Hazard, event: HazardEvent) -> Hazard:
    """The state after `event`; accepts every event that was decided on `hazard`."""
    match event, hazard:
        case HazardReported(), _:
            return Reported(event)
        case HazardRectified(), Reported(report=report):
            return Rectified(report, _step(event))
        case HazardVerified(), Rectified(report=report, rectified=rectified):
            return Verified(report, rectified, _step(event))
        case _:
            return hazard


def _report(hazard: Hazard, command: ReportHazard, now: datetime) -> Decision:
    if not isinstance(hazard, Unknown):
        return Refused("already-reported", "this hazard is known")
    reported = HazardReported(
        hazard_id=command.hazard_id,
        unit_id=command.unit_id,
        station_id=command.station_id,
        path=command.path,
        at=now,
        by=command.by,
        kind=command.kind,
        note=command.note,
        location=command.location,
        accuracy_m=command.accuracy_m,
        photo_id=command.photo_id,
        found_at=command.found_at,
    )
    return Accepted((reported,))


def _rectify(hazard: Hazard, command: RectifyHazard, now: datetime) -> Decision:
    match hazard:
        case Unknown():
            return _NOT_KNOWN
        case Reported():
            return Accepted((HazardRectified(**_of(hazard), at=now, by=command.by, note=command.note),))
        case Rectified() | Verified():
            return Refused("already-rectified", f"{hazard.rectified.by} has put it right")
        case _:
            assert_never(hazard)


def _verify(hazard: Hazard, command: VerifyHazard, now: datetime) -> Decision:
    match hazard:
        case Unknown():
            return _NOT_KNOWN
        case Reported():
            return Refused("not-rectified", "nobody has put it right yet")
        case Rectified() if hazard.rectified.by == command.by:
            return Refused("own-work", "who put it right does not verify it")
        case Rectified():
            return Accepted((HazardVerified(**_of(hazard), at=now, by=command.by, note=command.note),))
        case Verified():
            return Refused("already-verified", f"{hazard.verified.by} has verified it")
        case _:
            assert_never(hazard)


_NOT_KNOWN = Refused("unknown-hazard", "nobody has reported it")


class _Facts(TypedDict):
    hazard_id: str
    unit_id: str
    station_id: str
    path: str


def _of(hazard: Known) -> _Facts:
    report = hazard.report
    return {
        "hazard_id": report.hazard_id,
        "unit_id": report.unit_id,
        "station_id": report.station_id,
        "path": report.path,
    }


def _step(event: HazardRectified | HazardVerified) -> Step:
    return Step(event.by, event.at, event.note)
