"""What the duty decider is asked. The published contracts have the same names and shapes."""

from dataclasses import dataclass
from datetime import datetime

from shared.vocabulary.decisions import TimePassed
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import SiteClass


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A member scanned a post's code; the edge has verified code, place and membership."""

    unit_id: str
    member_id: str
    post_id: str
    station_id: str
    path: str
    site_class: SiteClass
    quorum: int
    location: Point
    accuracy_m: float
    code_step: int | None
    scanned_at: datetime
    lease_s: int


@dataclass(frozen=True, slots=True)
class CheckOut:
    """A member goes off duty."""

    unit_id: str
    member_id: str


DutyCommand = CheckIn | CheckOut | TimePassed
