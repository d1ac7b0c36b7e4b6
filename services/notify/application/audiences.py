"""Who is to be told, before anybody is looked up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from shared.contracts.delivery import Recipient


@dataclass(frozen=True, slots=True)
class UnitOnDuty:
    """The members of a unit that are on duty. Nobody off duty is told."""

    unit_id: str


@dataclass(frozen=True, slots=True)
class OfficersOfStation:
    """The officers of one station."""

    station_id: str


@dataclass(frozen=True, slots=True)
class OfficersAt:
    """The officers of the station, district or city at exactly this node of the organisation."""

    path: str


@dataclass(frozen=True, slots=True)
class OfficersWithin:
    """The officers of a node and of everything below it."""

    path: str


@dataclass(frozen=True, slots=True)
class OnDutyWithin:
    """The members on duty of all units of a node and of everything below it."""

    path: str


Audience = UnitOnDuty | OfficersOfStation | OfficersAt | OfficersWithin | OnDutyWithin


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to tell, with the channels that can be used here; none: a gap that will show."""

    recipient: Recipient
    language: Literal["zh-CN", "en"]


class People(Protocol):
    """Who belongs to an audience now."""

    async def find(self, audience: Audience, now: datetime) -> Sequence[Person]:
        """In a stable order. Members that are no longer active are left out."""
        ...


def level_path(path: str, level: str) -> str:
    """The node of a path's `city`, `district` or `station`; the path itself when it is not that deep."""
    depth = {"city": 1, "district": 2, "station": 3}[level]
    return "/".join(path.split("/")[: depth + 1])


_PATH_OF = {"station-units": "station", "district-units": "district", "city-units": "city"}


def broadcast_audience(code: str, path: str) -> Audience:
    """The audience that a playbook's broadcast names, seen from the incident's node."""
    if code == "city-police":
        return OfficersWithin(level_path(path, "city"))
    return OnDutyWithin(level_path(path, _PATH_OF[code]))
