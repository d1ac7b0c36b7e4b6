"""What happens to a unit's duty. The published contracts have the same names and shapes."""

from dataclasses import dataclass
from datetime import datetime

from shared.vocabulary.geography import Point
from shared.vocabulary.terms import DutyState, SiteClass

LEASE_EXPIRED = "lease-expired"


@dataclass(frozen=True, slots=True)
class MemberCheckedIn:
    """Somebody is on duty until `until`. `renewed`: was so already."""

    unit_id: str
    station_id: str
    path: str
    site_class: SiteClass
    member_id: str
    post_id: str
    location: Point
    accuracy_m: float
    code_step: int | None
    at: datetime
    until: datetime
    renewed: bool


@dataclass(frozen=True, slots=True)
class MemberCheckedOut:
    """Somebody is no longer on duty: `left`, or `lease-expired`."""

    unit_id: str
    station_id: str
    path: str
    site_class: SiteClass
    member_id: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class UnitDutyChanged:
    """The unit as a whole; always the last event of a decision. `until`: when it falls below what it is now."""

    unit_id: str
    station_id: str
    path: str
    site_class: SiteClass
    state: DutyState
    on_duty: tuple[str, ...]
    quorum: int
    location: Point | None
    at: datetime
    until: datetime | None


DutyEvent = MemberCheckedIn | MemberCheckedOut | UnitDutyChanged
