"""What the registry holds: the organisation tree, sites with their posts, units, members, equipment.

An entry is what a row of an import says; what follows from other entries (a unit's class, its members) is not in it.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from services.checkin.domain.roster import Shift
from shared.vocabulary.geography import Point
from shared.vocabulary.organisation import StationLevel, is_gbt2260
from shared.vocabulary.terms import ChannelKind, EquipmentKind, Role, SiteClass


class Kind(StrEnum):
    """What can be imported and deleted."""

    STATIONS = "stations"
    SITES = "sites"
    UNITS = "units"
    MEMBERS = "members"
    EQUIPMENT = "equipment"
    ROSTERS = "rosters"


@dataclass(frozen=True, slots=True)
class StationEntry:
    """A node of the tree. `path` ends with `code`."""

    code: str
    name: str
    level: StationLevel
    parent: str | None
    path: str
    location: Point


@dataclass(frozen=True, slots=True)
class PostEntry:
    """Where people stand and scan."""

    code: str
    name: str
    location: Point
    fixed_code_allowed: bool


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A place to protect."""

    code: str
    name: str
    site_class: SiteClass
    station: str
    location: Point
    geofence_radius_m: float
    address: str
    posts: tuple[PostEntry, ...]


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A minimum emergency unit. `quorum` None: what its site's class asks for."""

    code: str
    name: str
    site: str
    quorum: int | None
    capabilities: tuple[str, ...]
    suspended: bool


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """A person of a unit, or else of a station (officers). What is personal is in clear, or empty.

    `channels` in the order in which they are tried; empty: DEFAULT_CHANNELS.
    """

    code: str
    name: str
    phone: str
    id_number: str
    unit: str | None
    station: str | None
    role: Role
    language: Literal["zh-CN", "en"]
    active: bool
    channels: tuple[ChannelKind, ...]
    webhook_url: str


@dataclass(frozen=True, slots=True)
class EquipmentEntry:
    """A piece of a unit's equipment."""

    code: str
    unit: str
    kind: EquipmentKind
    count: int
    inspected_on: date | None
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """When a unit's members are expected; `code` is the unit's."""

    code: str
    shifts: tuple[Shift, ...]


Entry = StationEntry | SiteEntry | UnitEntry | MemberEntry | EquipmentEntry | RosterEntry

QUORUM: dict[SiteClass, int] = {SiteClass.A: 3, SiteClass.B: 3, SiteClass.C: 2, SiteClass.D: 2}
"""How many must be on duty for a unit to be sent, by the class of its site, unless the unit says otherwise."""


DEFAULT_CHANNELS: tuple[ChannelKind, ...] = (ChannelKind.INBOX, ChannelKind.SMS)
"""How people are told of whom nothing else is said; SMS only those who have a telephone."""


def channels_of(member: MemberEntry) -> tuple[ChannelKind, ...]:
    """The ways to reach a member, in the order in which they are tried."""
    default = DEFAULT_CHANNELS if member.phone else tuple(c for c in DEFAULT_CHANNELS if c is not ChannelKind.SMS)
    return member.channels or default


LEVELS: tuple[StationLevel, ...] = (StationLevel.CITY, StationLevel.DISTRICT, StationLevel.STATION)
"""From the root down; a node's path has as many parts as its level's place."""


def level_of(path: str) -> StationLevel:
    """The level of the node at `path`."""
    return LEVELS[path.count("/") - 1]


def is_station_code(code: str, level: StationLevel, parent: str | None) -> bool:
    """Whether a code fits its place in the tree, so that a code has only one path.

    City and district have GB/T 2260 codes whose first four digits agree; a station's is its district's and three to
    six digits more.
    """
    match level:
        case StationLevel.CITY:
            return is_gbt2260(code)
        case StationLevel.DISTRICT:
            return is_gbt2260(code) and code[:4] == (parent or "")[:4]
        case StationLevel.STATION:
            return parent is not None and re.fullmatch(re.escape(parent) + "[0-9]{3,6}", code) is not None
