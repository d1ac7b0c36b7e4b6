"""A unit's duty: never seen, nobody there, or manned."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.vocabulary.geography import Point
from shared.vocabulary.terms import DutyState, SiteClass


@dataclass(frozen=True, slots=True)
class Facts:
    """The registry's facts of the unit, as the latest check-in carried them."""

    unit_id: str
    station_id: str
    path: str
    site_class: SiteClass
    quorum: int


@dataclass(frozen=True, slots=True)
class UsedStep:
    """The latest rotating code that a member used at a post."""

    member_id: str
    post_id: str
    step: int


@dataclass(frozen=True, slots=True)
class Lease:
    """A member's duty, which lapses at `until`."""

    member_id: str
    post_id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Unseen:
    """Nobody ever checked in."""

    kind: Literal["unseen"] = "unseen"


@dataclass(frozen=True, slots=True)
class Unmanned:
    """Nobody is on duty now. `lapsed_at`: when the last lease ran out; None: the last one left of their own accord."""

    facts: Facts
    location: Point | None
    used_steps: tuple[UsedStep, ...]
    lapsed_at: datetime | None = None
    kind: Literal["unmanned"] = "unmanned"


@dataclass(frozen=True, slots=True)
class Manned:
    """Somebody is on duty. `leases` has at least one, ordered by member; `location` is the last check-in's."""

    facts: Facts
    location: Point | None
    used_steps: tuple[UsedStep, ...]
    leases: tuple[Lease, ...]
    kind: Literal["manned"] = "manned"


Duty = Unseen | Unmanned | Manned


@dataclass(frozen=True, slots=True)
class Standing:
    """What a unit's duty comes to; `until` is when it falls below `state`, None when it is off.

    `lapsed_at`: when the lease ran out that was the last one of a unit that is off.
    """

    state: DutyState
    until: datetime | None
    leases: tuple[Lease, ...]
    lapsed_at: datetime | None = None


def standing_of(leases: tuple[Lease, ...], quorum: int) -> Standing:
    """`on` needs `quorum` people. It lasts until so many leases have ended that fewer are left; `short` until the
    last one ends.
    """
    ends = sorted(lease.until for lease in leases)
    if not ends:
        return Standing(DutyState.OFF, None, ())
    if len(ends) < quorum:
        return Standing(DutyState.SHORT, ends[-1], leases)
    return Standing(DutyState.ON, ends[len(ends) - quorum], leases)


def standing(duty: Duty) -> Standing:
    """The standing of a state."""
    match duty:
        case Manned():
            return standing_of(duty.leases, duty.facts.quorum)
        case Unmanned():
            return Standing(DutyState.OFF, None, (), duty.lapsed_at)
        case Unseen():
            return Standing(DutyState.OFF, None, ())


def next_lapse(duty: Duty) -> datetime | None:
    """When the first lease ends; None when nobody is on duty."""
    return min(lease.until for lease in duty.leases) if isinstance(duty, Manned) else None
