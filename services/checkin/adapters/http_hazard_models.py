"""Hazards as JSON."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from services.checkin.domain.hazards import HazardStatus, Known, Rectified, Reported, Step, Verified, status_of
from shared.contracts.base import Place
from shared.vocabulary.terms import HazardKind

NOTE_MAX = 2000


class NoteIn(BaseModel):
    """What was done, or seen."""

    model_config = ConfigDict(extra="forbid")
    note: str = Field(default="", max_length=NOTE_MAX)


class StepOut(BaseModel):
    """Who, when, and in which words."""

    by: str
    at: datetime
    note: str


class HazardOut(BaseModel):
    """`has_photo`: then it is at `/hazards/{id}/photo`. `location` in WGS-84."""

    hazard_id: str
    status: HazardStatus
    kind: HazardKind
    note: str
    unit_id: str
    station_id: str
    path: str
    location: Place
    accuracy_m: float
    has_photo: bool
    found_at: datetime
    reported_at: datetime
    reported_by: str
    rectified: StepOut | None
    verified: StepOut | None


class HazardsOut(BaseModel):
    """The last reported first."""

    items: list[HazardOut]


def hazard_out(hazard: Known) -> HazardOut:
    """A hazard as it is shown."""
    report = hazard.report
    rectified, verified = _steps(hazard)
    return HazardOut(
        hazard_id=report.hazard_id,
        status=status_of(hazard),
        kind=report.kind,
        note=report.note,
        unit_id=report.unit_id,
        station_id=report.station_id,
        path=report.path,
        location=Place(lon=report.location.lon, lat=report.location.lat),
        accuracy_m=report.accuracy_m,
        has_photo=report.photo_id is not None,
        found_at=report.found_at,
        reported_at=report.at,
        reported_by=report.by,
        rectified=rectified,
        verified=verified,
    )


def _steps(hazard: Known) -> tuple[StepOut | None, StepOut | None]:
    match hazard:
        case Reported():
            return None, None
        case Rectified():
            return _step(hazard.rectified), None
        case Verified():
            return _step(hazard.rectified), _step(hazard.verified)


def _step(step: Step) -> StepOut:
    return StepOut(by=step.by, at=step.at, note=step.note)
