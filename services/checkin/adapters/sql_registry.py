"""The registry in SQL. What a transaction changes of the published states, it notes in the outbox."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, delete, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.checkin.adapters import sql_rows as rows
from services.checkin.adapters.seal import Seal
from services.checkin.adapters.sql_engine import writing
from services.checkin.adapters.sql_queries import PATHS, chunks, rows_in
from services.checkin.adapters.sql_saving import SAVERS, Changed
from services.checkin.adapters.sql_tables import equipment, members, outbox, posts, rosters, sites, stations, units
from services.checkin.application.ports import Conflict, PublishedKind, StillUsed
from services.checkin.domain.people import Person
from services.checkin.domain.registry import Entry, Kind, MemberEntry, PostEntry
from services.checkin.domain.roster import Shift

_CODES: dict[Kind, Column[str]] = {
    Kind.STATIONS: stations.c.code,
    Kind.SITES: sites.c.code,
    Kind.UNITS: units.c.code,
    Kind.MEMBERS: members.c.code,
    Kind.EQUIPMENT: equipment.c.code,
    Kind.ROSTERS: rosters.c.unit,
}
"""By which column of which table an entry is found."""
_PUBLISHED: dict[Kind, PublishedKind] = {
    Kind.STATIONS: "station",
    Kind.SITES: "site",
    Kind.UNITS: "unit",
    Kind.MEMBERS: "member",
}


class SqlRegistry:
    """Implements the port `Registry`."""

    def __init__(self, engine: AsyncEngine, seal: Seal) -> None:
        self._engine = engine
        self._writing = writing(engine)
        self._seal = seal

    async def paths(self, kind: Kind, codes: Collection[str]) -> Mapping[str, str]:
        async with self._engine.connect() as connection:
            found = rows_in(connection, PATHS[kind], _CODES[kind], codes)
            return {row["code"]: row["path"] async for row in found}

    async def posts_of(self, site_codes: Collection[str]) -> Mapping[str, tuple[PostEntry, ...]]:
        found: dict[str, tuple[PostEntry, ...]] = {}
        async with self._engine.connect() as connection:
            query = select(posts).order_by(posts.c.site, posts.c.place)
            async for row in rows_in(connection, query, posts.c.site, site_codes):
                found[row["site"]] = (*found.get(row["site"], ()), rows.post_of(row))
        return found

    async def sites_of_posts(self, post_codes: Collection[str]) -> Mapping[str, str]:
        async with self._engine.connect() as connection:
            found = rows_in(connection, select(posts.c.code, posts.c.site), posts.c.code, post_codes)
            return {row["code"]: row["site"] async for row in found}

    async def members_of(self, unit: str) -> Sequence[MemberEntry]:
        async with self._engine.connect() as connection:
            found = await connection.execute(select(members).where(members.c.unit == unit).order_by(members.c.code))
            return [rows.member_of(dict(row), self._seal) for row in found.mappings()]

    async def names_of(self, member_codes: Collection[str]) -> Mapping[str, str]:
        async with self._engine.connect() as connection:
            query = select(members.c.code, members.c.name_sealed)
            sealed = [row async for row in rows_in(connection, query, members.c.code, member_codes)]
        # Opening some thousands of names takes as many tens of microseconds.
        return await asyncio.to_thread(lambda: {row["code"]: self._seal.open(row["name_sealed"]) for row in sealed})

    async def people(self, member_codes: Collection[str]) -> Sequence[Person]:
        async with self._engine.connect() as connection:
            query = PATHS[Kind.MEMBERS].add_columns(members.c.name_sealed, members.c.role, members.c.unit)
            found = [row async for row in rows_in(connection, query, members.c.code, member_codes)]
        return await asyncio.to_thread(lambda: [rows.person_of(row, self._seal) for row in found])

    async def units_of(self, member_codes: Collection[str]) -> Mapping[str, str]:
        async with self._engine.connect() as connection:
            query = select(members.c.code, members.c.unit).where(members.c.unit.is_not(None))
            found = rows_in(connection, query, members.c.code, member_codes)
            return {row["code"]: row["unit"] async for row in found}

    async def rosters_of(self, unit_codes: Collection[str]) -> Mapping[str, tuple[Shift, ...]]:
        found: dict[str, tuple[Shift, ...]] = {}
        async with self._engine.connect() as connection:
            query = select(rosters).order_by(rosters.c.member, rosters.c.weekday, rosters.c.begins)
            async for row in rows_in(connection, query, rosters.c.unit, unit_codes):
                found[row["unit"]] = (*found.get(row["unit"], ()), rows.shift_of(row))
        return found

    async def save(self, entries: Sequence[Entry]) -> None:
        changed: Changed = {}
        try:
            async with self._writing.begin() as connection:
                for kind, save in SAVERS.items():
                    if of_kind := [entry for entry in entries if isinstance(entry, kind)]:
                        await save(connection, of_kind, self._seal, changed)
                await _note(connection, changed)
        except IntegrityError as error:
            raise Conflict(str(error.orig)) from error
        except OperationalError as error:
            raise _conflict_or(error) from error

    async def delete(self, kind: Kind, code: str) -> bool:
        column = _CODES[kind]
        try:
            async with self._writing.begin() as connection:
                there = (await connection.execute(select(column.table).where(column == code))).mappings().first()
                if there is None:
                    return False
                if kind is Kind.SITES:
                    await connection.execute(delete(posts).where(posts.c.site == code))
                await connection.execute(delete(column.table).where(column == code))
                await _note(connection, _after_delete(kind, dict(there)))
                return True
        except IntegrityError as error:
            raise StillUsed(str(error.orig)) from error


def _after_delete(kind: Kind, row: Mapping[str, Any]) -> Changed:
    unit = row["unit"] if kind in (Kind.MEMBERS, Kind.EQUIPMENT) else None
    changed: Changed = {(_PUBLISHED[kind], row["code"]): None} if kind in _PUBLISHED else {}
    if unit is not None:
        changed["unit", unit] = None
    return changed


async def _note(connection: AsyncConnection, changed: Changed) -> None:
    for chunk in chunks({"kind": kind, "id": id_} for kind, id_ in changed):
        await connection.execute(insert(outbox), chunk)


def _conflict_or(error: OperationalError) -> Exception:
    """A deadlock with another import (PostgreSQL 40P01) is a conflict; anything else is what it is."""
    return Conflict("deadlock") if getattr(error.orig, "sqlstate", None) == "40P01" else error
