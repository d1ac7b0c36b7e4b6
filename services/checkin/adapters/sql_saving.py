"""Saving entries of each kind, and which published states change with them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.checkin.adapters import sql_rows as rows
from services.checkin.adapters.seal import Seal
from services.checkin.adapters.sql_queries import chunks, delete_in, rows_in, upsert
from services.checkin.adapters.sql_tables import equipment, members, posts, rosters, sites, stations, units
from services.checkin.application.ports import PublishedKind
from services.checkin.domain.registry import (
    EquipmentEntry,
    MemberEntry,
    RosterEntry,
    SiteEntry,
    StationEntry,
    UnitEntry,
)

Changed = dict[tuple[PublishedKind, str], None]
"""What is to be published again, in order."""


async def save_stations(
    connection: AsyncConnection, entries: Sequence[StationEntry], _: Seal, changed: Changed
) -> None:
    """Parents first. A station cannot move, so what belongs to it does not change."""
    by_path = sorted(entries, key=lambda entry: entry.path)
    await upsert(connection, stations, [rows.station_row(entry) for entry in by_path])
    changed.update({("station", entry.code): None for entry in by_path})


async def save_sites(connection: AsyncConnection, entries: Sequence[SiteEntry], _: Seal, changed: Changed) -> None:
    """A site's units change with it; their members when it goes to another station."""
    entries = sorted(entries, key=lambda entry: entry.code)
    codes = [entry.code for entry in entries]
    query = select(sites.c.code, sites.c.station)
    before = {row["code"]: row["station"] async for row in rows_in(connection, query, sites.c.code, codes)}
    await upsert(connection, sites, [rows.site_row(entry) for entry in entries])
    await delete_in(connection, posts, posts.c.site, codes)
    # No upsert: a post of another site must not change hands unnoticed.
    new = [rows.post_row(post, entry.code, place) for entry in entries for place, post in enumerate(entry.posts)]
    if new:
        await connection.execute(insert(posts), new)
    changed.update({("site", code): None for code in codes})
    query = select(units.c.code)
    changed.update({("unit", row["code"]): None async for row in rows_in(connection, query, units.c.site, codes)})
    moved = [entry.code for entry in entries if before.get(entry.code, entry.station) != entry.station]
    query = select(members.c.code).join(units, members.c.unit == units.c.code)
    changed.update({("member", row["code"]): None async for row in rows_in(connection, query, units.c.site, moved)})


async def save_units(connection: AsyncConnection, entries: Sequence[UnitEntry], _: Seal, changed: Changed) -> None:
    """A unit's members change when it goes to another site."""
    entries = sorted(entries, key=lambda entry: entry.code)
    query = select(units.c.code, units.c.site)
    codes = [entry.code for entry in entries]
    before = {row["code"]: row["site"] async for row in rows_in(connection, query, units.c.code, codes)}
    await upsert(connection, units, [rows.unit_row(entry) for entry in entries])
    changed.update({("unit", code): None for code in codes})
    moved = [entry.code for entry in entries if before.get(entry.code, entry.site) != entry.site]
    query = select(members.c.code)
    changed.update({("member", row["code"]): None async for row in rows_in(connection, query, members.c.unit, moved)})


async def save_members(
    connection: AsyncConnection, entries: Sequence[MemberEntry], seal: Seal, changed: Changed
) -> None:
    """The units that they leave and enter change."""
    entries = sorted(entries, key=lambda entry: entry.code)
    query = select(members.c.unit)
    codes = [entry.code for entry in entries]
    left = {row["unit"] async for row in rows_in(connection, query, members.c.code, codes)}
    # Sealing takes 0.1 ms a person: aside, so that an import does not hold up everybody's check-in.
    sealed = await asyncio.to_thread(lambda: [rows.member_row(entry, seal) for entry in entries])
    await upsert(connection, members, sealed)
    changed.update({("member", code): None for code in codes})
    changed.update(_units(left | {entry.unit for entry in entries}))


async def save_equipment(
    connection: AsyncConnection, entries: Sequence[EquipmentEntry], _: Seal, changed: Changed
) -> None:
    """The units that lose and get it change."""
    entries = sorted(entries, key=lambda entry: entry.code)
    query = select(equipment.c.unit)
    left = {row["unit"] async for row in rows_in(connection, query, equipment.c.code, [e.code for e in entries])}
    await upsert(connection, equipment, [rows.equipment_row(entry) for entry in entries])
    changed.update(_units(left | {entry.unit for entry in entries}))


async def save_rosters(connection: AsyncConnection, entries: Sequence[RosterEntry], _: Seal, __: Changed) -> None:
    """A roster is replaced whole. It is published nowhere: only the duty board reads it."""
    await delete_in(connection, rosters, rosters.c.unit, [entry.code for entry in entries])
    new = [rows.shift_row(shift, entry.code) for entry in entries for shift in entry.shifts]
    for chunk in chunks(new):
        await connection.execute(insert(rosters), chunk)


def _units(codes: set[str | None]) -> Changed:
    return {("unit", code): None for code in sorted(code for code in codes if code is not None)}


SAVERS: dict[type[Any], Callable[[AsyncConnection, Any, Seal, Changed], Awaitable[None]]] = {
    StationEntry: save_stations,
    SiteEntry: save_sites,
    UnitEntry: save_units,
    MemberEntry: save_members,
    EquipmentEntry: save_equipment,
    RosterEntry: save_rosters,
}
"""By kind of entry, in the order in which kinds refer to one another."""
