"""Whole states of the registry, on compacted topics. A tombstone (no body) means: deleted."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from shared.contracts.base import Body, Code, Id, Message, Name, Path, Personal, Place
from shared.vocabulary.organisation import StationLevel
from shared.vocabulary.terms import OF_ADMINISTRATION, ChannelKind, EquipmentKind, Role, SiteClass


class _RegistryState(Message):
    SERVICE: ClassVar[str] = "registry"
    KIND: ClassVar[Literal["command", "event", "state"]] = "state"


class Station(_RegistryState):
    """A node of the organisation tree: the city, a district or a police station."""

    station_id: Id
    name: Name
    level: StationLevel
    parent_id: Id | None = None
    path: Path
    location: Place


class Post(Body):
    """Where people stand and scan: the code on its display is what they check in with."""

    post_id: Id
    name: Name
    location: Place
    fixed_code_allowed: bool = Field(default=False, description="A printed fixed code with a PIN counts here as well.")


class Site(_RegistryState):
    """A place to protect."""

    site_id: Id
    name: Name
    site_class: SiteClass
    station_id: Id
    path: Path
    location: Place
    geofence_radius_m: float = Field(gt=0, le=5000, description="Metres around each post.")
    address: str = Field(default="", max_length=400)
    posts: tuple[Post, ...] = ()


class Equipment(Body):
    """A piece of a unit's equipment."""

    equipment_id: Id
    kind: EquipmentKind
    count: int = Field(ge=0, le=1000)
    inspected_on: date | None = None
    expires_on: date | None = None


class Unit(_RegistryState):
    """A minimum emergency unit, bound to one site."""

    unit_id: Id
    name: Name
    site_id: Id
    station_id: Id
    path: Path
    site_class: SiteClass
    location: Place = Field(description="The site's.")
    quorum: int = Field(ge=1, le=100, description="Members that must be on duty for the unit to be sent.")
    leader_id: Id | None = None
    member_ids: tuple[Id, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    capabilities: tuple[Code, ...] = ()
    suspended: bool = False


class Channel(Body):
    """One way to reach a person."""

    kind: ChannelKind
    address: Personal = ""


def _not_of_administration(role: Role) -> Role:
    if role in OF_ADMINISTRATION:
        raise ValueError(f"{role} is an office of administration, and nobody of a unit or station")
    return role


MemberRole = Annotated[
    Role,
    AfterValidator(_not_of_administration),
    WithJsonSchema({"type": "string", "enum": [role.value for role in Role if role not in OF_ADMINISTRATION]}),
]
"""The roles that the registry's people may have: readers of it know these only."""


class Member(_RegistryState):
    """A person of a unit, or a police officer of a station (then without a unit)."""

    member_id: Id
    unit_id: Id | None = None
    station_id: Id
    path: Path
    role: MemberRole
    name: Personal
    channels: tuple[Channel, ...] = Field(default=(), description="In the order in which they are tried.")
    language: Literal["zh-CN", "en"] = "zh-CN"
    active: bool = True
