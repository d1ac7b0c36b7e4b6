"""Hazards 隐患: found, reported, rectified, verified. The aggregate id is the hazard's."""

from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.base import Id, Message, Path, Personal, Place, Time
from shared.vocabulary.terms import HazardKind


class _HazardCommand(Message):
    SERVICE: ClassVar[str] = "checkin"
    KIND: ClassVar[Literal["command", "event", "state"]] = "command"
    hazard_id: Id
    by: Id


class _HazardEvent(Message):
    SERVICE: ClassVar[str] = "checkin"
    hazard_id: Id
    unit_id: Id
    station_id: Id
    path: Path
    at: Time
    by: Id


class ReportHazard(_HazardCommand):
    """Somebody found a hazard at a unit's site. The edge has verified whose unit it is and keeps the photo."""

    kind: HazardKind
    note: Personal
    location: Place
    accuracy_m: float = Field(ge=0, le=100_000)
    photo_id: Id | None = Field(description="Of a photo that is kept, sealed, where the registry is.")
    unit_id: Id
    station_id: Id
    path: Path
    found_at: Time


class RectifyHazard(_HazardCommand):
    """Somebody put it right."""

    note: Personal


class VerifyHazard(_HazardCommand):
    """The police looked, and it is right."""

    note: Personal


class HazardReported(_HazardEvent):
    """A hazard is known."""

    kind: HazardKind
    note: Personal
    location: Place
    accuracy_m: float
    photo_id: Id | None
    found_at: Time


class HazardRectified(_HazardEvent):
    """It is said to be right."""

    note: Personal


class HazardVerified(_HazardEvent):
    """It is known to be right, by somebody else's word than the one who put it right."""

    note: Personal
