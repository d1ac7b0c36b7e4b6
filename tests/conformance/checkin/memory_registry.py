"""The registry and its outbox in memory, as their ports promise them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from services.checkin.application.ports import (
    PUBLISHED_IN_ORDER,
    Batch,
    Conflict,
    Publication,
    PublishedKind,
    StillUsed,
)
from services.checkin.application.states import member_state, site_state, station_state, unit_state
from services.checkin.domain.people import Person
from services.checkin.domain.registry import (
    Entry,
    EquipmentEntry,
    Kind,
    MemberEntry,
    PostEntry,
    RosterEntry,
    SiteEntry,
    StationEntry,
    UnitEntry,
)
from services.checkin.domain.roster import Shift
from shared.contracts.base import Message
from shared.vocabulary.terms import Role

States = dict[tuple[PublishedKind, str], Message]

KIND_OF: dict[type[Entry], Kind] = {
    StationEntry: Kind.STATIONS,
    SiteEntry: Kind.SITES,
    UnitEntry: Kind.UNITS,
    MemberEntry: Kind.MEMBERS,
    EquipmentEntry: Kind.EQUIPMENT,
    RosterEntry: Kind.ROSTERS,
}


class MemoryRegistry:
    """Implements `Registry` and `RegistryOutbox`. What changed is found by comparing all states."""

    def __init__(self) -> None:
        self._entries: dict[Kind, dict[str, Entry]] = {kind: {} for kind in Kind}
        self._notes: dict[int, tuple[PublishedKind, str]] = {}
        self._last_note = 0
        self._sequence = 0
        self._held: tuple[str, datetime] | None = None

    async def paths(self, kind: Kind, codes: Collection[str]) -> Mapping[str, str]:
        return {code: self._path(self._entries[kind][code]) for code in codes if code in self._entries[kind]}

    async def posts_of(self, site_codes: Collection[str]) -> Mapping[str, tuple[PostEntry, ...]]:
        return {site.code: site.posts for site in self._all(SiteEntry) if site.code in site_codes and site.posts}

    async def sites_of_posts(self, post_codes: Collection[str]) -> Mapping[str, str]:
        return {post.code: site.code for site in self._all(SiteEntry) for post in site.posts if post.code in post_codes}

    async def members_of(self, unit: str) -> Sequence[MemberEntry]:
        return sorted((m for m in self._all(MemberEntry) if m.unit == unit), key=lambda member: member.code)

    async def names_of(self, member_codes: Collection[str]) -> Mapping[str, str]:
        return {member.code: member.name for member in self._all(MemberEntry) if member.code in member_codes}

    async def people(self, member_codes: Collection[str]) -> Sequence[Person]:
        found = [(member, self._path(member)) for member in self._all(MemberEntry) if member.code in member_codes]
        return [Person(m.code, m.name, m.role, path, m.unit, path.rpartition("/")[2]) for m, path in found]

    async def units_of(self, member_codes: Collection[str]) -> Mapping[str, str]:
        return {m.code: m.unit for m in self._all(MemberEntry) if m.code in member_codes and m.unit is not None}

    async def rosters_of(self, unit_codes: Collection[str]) -> Mapping[str, tuple[Shift, ...]]:
        return {
            roster.code: tuple(sorted(roster.shifts, key=lambda s: (s.member, s.weekday, s.begins)))
            for roster in self._all(RosterEntry)
            if roster.code in unit_codes
        }

    async def save(self, entries: Sequence[Entry]) -> None:
        before, states = {kind: dict(kept) for kind, kept in self._entries.items()}, self._states()
        for entry in entries:
            self._entries[KIND_OF[type(entry)]][entry.code] = entry
        try:
            self._check()
        except Conflict:
            self._entries = before
            raise
        self._note(states, {(kind, id_) for kind, id_ in _named(entries)})

    async def delete(self, kind: Kind, code: str) -> bool:
        if code not in self._entries[kind]:
            return False
        states = self._states()
        before = {each: dict(kept) for each, kept in self._entries.items()}
        del self._entries[kind][code]
        self._forget_shifts(kind, code)
        try:
            self._check()
        except Conflict as error:
            self._entries = before
            raise StillUsed from error
        self._note(states, set())
        return True

    async def take(self, holder: str, now: datetime, limit: int) -> Batch | None:
        if not self._notes or (self._held and self._held[0] != holder and now <= self._held[1]):
            return None
        self._held = (holder, now + timedelta(seconds=10))
        notes = sorted(self._notes, key=lambda note: (PUBLISHED_IN_ORDER.index(self._notes[note][0]), note))[:limit]
        changed = list(dict.fromkeys(self._notes[note] for note in notes))
        states, first = self._states(), max(self._sequence, int(now.timestamp() * 1000)) + 1
        self._sequence = first + len(changed) - 1
        publications = (
            Publication(kind, id_, first + place, states.get((kind, id_))) for place, (kind, id_) in enumerate(changed)
        )
        return Batch(tuple(publications), tuple(notes))

    async def published(self, batch: Batch) -> None:
        for note in batch.notes:
            self._notes.pop(note, None)

    def _forget_shifts(self, kind: Kind, code: str) -> None:
        rosters = self._entries[Kind.ROSTERS]
        if kind is Kind.UNITS:
            rosters.pop(code, None)
        for roster in self._all(RosterEntry) if kind is Kind.MEMBERS else ():
            shifts = tuple(shift for shift in roster.shifts if shift.member != code)
            rosters[roster.code] = RosterEntry(roster.code, shifts)
            if not shifts:
                del rosters[roster.code]

    def _all(self, kind: type[Entry]) -> list:  # type: ignore[type-arg]
        return list(self._entries[KIND_OF[kind]].values())

    def _path(self, entry: Entry) -> str:
        match entry:
            case StationEntry():
                return entry.path
            case SiteEntry():
                return self._path(self._entries[Kind.STATIONS][entry.station])
            case UnitEntry():
                return self._path(self._entries[Kind.SITES][entry.site])
            case MemberEntry(unit=None):
                return self._path(self._entries[Kind.STATIONS][entry.station])
            case MemberEntry() | EquipmentEntry():
                return self._path(self._entries[Kind.UNITS][entry.unit])
            case RosterEntry():
                return self._path(self._entries[Kind.UNITS][entry.code])

    def _check(self) -> None:
        try:
            for kept in self._entries.values():
                for entry in kept.values():
                    self._path(entry)
                    if isinstance(entry, StationEntry) and entry.parent is not None:
                        _ = self._entries[Kind.STATIONS][entry.parent]
                    for shift in entry.shifts if isinstance(entry, RosterEntry) else ():
                        _ = self._entries[Kind.MEMBERS][shift.member]
        except KeyError as error:
            raise Conflict(str(error)) from error
        codes = [post.code for site in self._all(SiteEntry) for post in site.posts]
        if len(set(codes)) < len(codes):
            raise Conflict("two posts with one code")

    def _note(self, before: States, named: set[tuple[PublishedKind, str]]) -> None:
        after = self._states()
        for key in sorted({*before, *after}):
            if key in named or before.get(key) != after.get(key):
                self._last_note += 1
                self._notes[self._last_note] = key

    def _states(self) -> States:
        states: States = {("station", s.code): station_state(s) for s in self._all(StationEntry)}
        sites = {site.code: site_state(site, self._path(site)) for site in self._all(SiteEntry)}
        states.update({("site", code): site for code, site in sites.items()})
        for unit in self._all(UnitEntry):
            crew: list[tuple[str, Role]] = sorted(
                (m.code, m.role) for m in self._all(MemberEntry) if m.unit == unit.code and m.active
            )
            pieces = sorted((e for e in self._all(EquipmentEntry) if e.unit == unit.code), key=lambda e: e.code)
            states["unit", unit.code] = unit_state(unit, sites[unit.site], crew, pieces)
        states.update({("member", m.code): member_state(m, self._path(m)) for m in self._all(MemberEntry)})
        return states


def _named(entries: Sequence[Entry]) -> list[tuple[PublishedKind, str]]:
    kinds: dict[type[Entry], PublishedKind] = {
        StationEntry: "station",
        SiteEntry: "site",
        UnitEntry: "unit",
        MemberEntry: "member",
    }
    return [(kinds[type(entry)], entry.code) for entry in entries if type(entry) in kinds]
