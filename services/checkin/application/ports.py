"""What check-in's use cases need of the world."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from services.checkin.domain.people import Person
from services.checkin.domain.registry import Entry, Kind, MemberEntry, PostEntry
from services.checkin.domain.roster import Shift
from services.checkin.domain.state import Standing
from shared.contracts.base import Message
from shared.contracts.positions import PositionsReported


class Conflict(Exception):
    """The registry changed meanwhile, so that what was checked no longer holds. Nothing was written."""


class StillUsed(Exception):
    """Other entries refer to this one. Nothing was deleted."""


class Registry(Protocol):
    """Everything that is registered. What changes is published: within the same transaction it is noted as changed."""

    async def paths(self, kind: Kind, codes: Collection[str]) -> Mapping[str, str]:
        """The organisation paths of those of `codes` that are there."""
        ...

    async def posts_of(self, site_codes: Collection[str]) -> Mapping[str, tuple[PostEntry, ...]]:
        """The posts of those sites that are there, in the order in which they were saved."""
        ...

    async def sites_of_posts(self, post_codes: Collection[str]) -> Mapping[str, str]:
        """The site of each of those posts that is there."""
        ...

    async def members_of(self, unit: str) -> Sequence[MemberEntry]:
        """A unit's members, by code."""
        ...

    async def names_of(self, member_codes: Collection[str]) -> Mapping[str, str]:
        """The names of those members that are there, and nothing else of what is personal."""
        ...

    async def people(self, member_codes: Collection[str]) -> Sequence[Person]:
        """Those members that are there, active or not, with where they belong; of what is personal only the name."""
        ...

    async def units_of(self, member_codes: Collection[str]) -> Mapping[str, str]:
        """The unit of each of those members that belongs to one."""
        ...

    async def rosters_of(self, unit_codes: Collection[str]) -> Mapping[str, tuple[Shift, ...]]:
        """The shifts of each of those units that has a roster, by member, weekday and beginning."""
        ...

    async def save(self, entries: Sequence[Entry]) -> None:
        """Insert or replace by code, all or nothing. A site's posts and a roster's shifts are replaced too. Raises
        Conflict.
        """
        ...

    async def delete(self, kind: Kind, code: str) -> bool:
        """Delete one entry, a site with its posts, a member or unit with the shifts; False when there is none. Raises
        StillUsed.
        """
        ...


PublishedKind = Literal["station", "site", "unit", "member"]
PUBLISHED_IN_ORDER: tuple[PublishedKind, ...] = ("station", "site", "unit", "member")
"""Check-ins wait for places and units; people, who are many, come last."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One whole state to publish; `state` None: it is no longer there. `sequence` only ever grows."""

    kind: PublishedKind
    id: str
    sequence: int
    state: Message | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be published next; `notes` tell the registry what to forget afterwards."""

    publications: tuple[Publication, ...]
    notes: tuple[int, ...]


class RegistryOutbox(Protocol):
    """What changed in the registry and is not published yet. One relay at a time holds it, for a while."""

    async def take(self, holder: str, now: datetime, limit: int) -> Batch | None:
        """Up to `limit` changes by kind (PUBLISHED_IN_ORDER), of each the oldest first, as the states are now.

        None: nothing new, or another relay has it.
        """
        ...

    async def published(self, batch: Batch) -> None:
        """Forget what is published. Not called after a crash: the same states are then taken again."""
        ...


class RegistryPublisher(Protocol):
    """Puts states on the compacted topics."""

    async def publish(self, publications: Sequence[Publication]) -> None:
        """Durable on return, in order for each id."""
        ...


class PositionLog(Protocol):
    """Puts batches of fixes on the positions topic."""

    async def publish(self, batches: Sequence[PositionsReported]) -> None:
        """Durable on return."""
        ...


class DutyBook(Protocol):
    """Who is on duty, as the decider last said."""

    async def standings(self, unit_ids: Sequence[str]) -> Mapping[str, Standing]:
        """The standing of each of these units; `off` for those that nobody ever checked in to."""
        ...


class PinAttempts(Protocol):
    """How often somebody may still try a PIN."""

    async def take(self, member_id: str) -> bool:
        """Count an attempt; False when there were too many in the last quarter of an hour."""
        ...

    async def forget(self, member_id: str) -> None:
        """After a right PIN."""
        ...
