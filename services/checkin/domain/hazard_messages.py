"""What the hazards' decider is asked, and what happens then. The published contracts have the same names and shapes."""

from dataclasses import dataclass
from datetime import datetime

from shared.vocabulary.decisions import TimePassed
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import HazardKind


@dataclass(frozen=True, slots=True)
class ReportHazard:
    """Somebody found one; the edge has verified whose unit it is, and keeps the photo."""

    hazard_id: str
    by: str
    kind: HazardKind
    note: str
    location: Point
    accuracy_m: float
    photo_id: str | None
    unit_id: str
    station_id: str
    path: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class RectifyHazard:
    """Somebody put it right."""

    hazard_id: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class VerifyHazard:
    """The police looked, and it is right."""

    hazard_id: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class HazardReported:
    """A hazard is known."""

    hazard_id: str
    unit_id: str
    station_id: str
    path: str
    at: datetime
    by: str
    kind: HazardKind
    note: str
    location: Point
    accuracy_m: float
    photo_id: str | None
    found_at: datetime


@dataclass(frozen=True, slots=True)
class HazardRectified:
    """It is said to be right."""

    hazard_id: str
    unit_id: str
    station_id: str
    path: str
    at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class HazardVerified:
    """It is known to be right."""

    hazard_id: str
    unit_id: str
    station_id: str
    path: str
    at: datetime
    by: str
    note: str


HazardCommand = ReportHazard | RectifyHazard | VerifyHazard | TimePassed
HazardEvent = HazardReported | HazardRectified | HazardVerified
