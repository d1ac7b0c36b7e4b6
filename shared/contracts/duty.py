"""Duty (立码报): commands and events of one unit's duty. The aggregate id is the unit's."""

from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.base import Code, Id, Message, Path, Place, Time
from shared.vocabulary.terms import DutyState, SiteClass


class _DutyCommand(Message):
    SERVICE: ClassVar[str] = "checkin"
    KIND: ClassVar[Literal["command", "event", "state"]] = "command"
    unit_id: Id


class _DutyEvent(Message):
    SERVICE: ClassVar[str] = "checkin"
    unit_id: Id
    station_id: Id
    path: Path
    site_class: SiteClass


class CheckIn(_DutyCommand):
    """A member scanned a post's code. The edge has verified code, place and membership against the registry.

    What it verified travels along, so that the decision is a function of the log.
    """

    member_id: Id
    post_id: Id
    station_id: Id
    path: Path
    site_class: SiteClass
    quorum: int = Field(ge=1, le=100)
    location: Place
    accuracy_m: float = Field(ge=0)
    code_step: int | None = Field(description="The rotating code's time step; null for a fixed code with PIN.")
    scanned_at: Time
    lease_s: int = Field(gt=0, description="Seconds from the record's time until this member's duty lapses.")


class CheckOut(_DutyCommand):
    """A member goes off duty."""

    member_id: Id


class MemberCheckedIn(_DutyEvent):
    """Somebody is on duty, until `until` unless renewed."""

    member_id: Id
    post_id: Id
    location: Place
    accuracy_m: float
    code_step: int | None
    at: Time
    until: Time
    renewed: bool = Field(description="Already on duty: the lease was extended.")


class MemberCheckedOut(_DutyEvent):
    """Somebody is no longer on duty."""

    member_id: Id
    at: Time
    reason: Code = Field(description="`left`, or `lease-expired` when nobody renewed it.")


class UnitDutyChanged(_DutyEvent):
    """The unit's duty as a whole; published whenever who is on duty, or until when, changes."""

    state: DutyState
    on_duty: tuple[Id, ...]
    quorum: int
    location: Place | None = Field(description="Where the last check-in was.")
    at: Time
    until: Time | None = Field(description="When the unit falls below what it is now, if nobody renews.")
