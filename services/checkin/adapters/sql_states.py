"""The published states of what is registered now."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.checkin.adapters import sql_rows as rows
from services.checkin.adapters.seal import Seal
from services.checkin.adapters.sql_queries import PATHS, rows_in
from services.checkin.adapters.sql_tables import equipment, members, posts, sites, stations, units
from services.checkin.application.ports import PublishedKind
from services.checkin.application.states import member_state, site_state, station_state, unit_state
from services.checkin.domain.registry import EquipmentEntry, Kind, PostEntry
from shared.contracts.base import Message
from shared.contracts.registry import Site
from shared.vocabulary.terms import Role


async def states_of(
    connection: AsyncConnection, kind: PublishedKind, ids: Collection[str], seal: Seal
) -> Mapping[str, Message]:
    """The states of those of `ids` that are there."""
    match kind:
        case "station":
            found = rows_in(connection, select(stations), stations.c.code, ids)
            return {row["code"]: station_state(rows.station_of(row)) async for row in found}
        case "site":
            return await _sites(connection, ids)
        case "unit":
            return await _units(connection, ids)
        case "member":
            return await _members(connection, ids, seal)


async def _sites(connection: AsyncConnection, ids: Collection[str]) -> dict[str, Site]:
    by_site: dict[str, list[PostEntry]] = defaultdict(list)
    async for row in rows_in(connection, select(posts).order_by(posts.c.place), posts.c.site, ids):
        by_site[row["site"]].append(rows.post_of(row))
    paths = await _paths(connection, Kind.SITES, ids)
    found = rows_in(connection, select(sites), sites.c.code, ids)
    return {
        row["code"]: site_state(rows.site_of(row, tuple(by_site[row["code"]])), paths[row["code"]])
        async for row in found
    }


async def _units(connection: AsyncConnection, ids: Collection[str]) -> dict[str, Message]:
    crews: dict[str, list[tuple[str, Role]]] = defaultdict(list)
    active = select(members.c.code, members.c.unit, members.c.role).where(members.c.active).order_by(members.c.code)
    async for row in rows_in(connection, active, members.c.unit, ids):
        crews[row["unit"]].append((row["code"], Role(row["role"])))
    pieces: dict[str, list[EquipmentEntry]] = defaultdict(list)
    async for row in rows_in(connection, select(equipment).order_by(equipment.c.code), equipment.c.unit, ids):
        pieces[row["unit"]].append(rows.equipment_of(row))
    entries = [rows.unit_of(row) async for row in rows_in(connection, select(units), units.c.code, ids)]
    of_units = await _sites(connection, {entry.site for entry in entries})
    return {
        entry.code: unit_state(entry, of_units[entry.site], crews[entry.code], pieces[entry.code]) for entry in entries
    }


async def _members(connection: AsyncConnection, ids: Collection[str], seal: Seal) -> dict[str, Message]:
    paths = await _paths(connection, Kind.MEMBERS, ids)
    states: dict[str, Message] = {}
    async for row in rows_in(connection, select(members), members.c.code, ids):
        published = {**row, "id_number_sealed": b""}  # never leaves the database, so it is not opened either
        states[row["code"]] = member_state(rows.member_of(published, seal), paths[row["code"]])
    return states


async def _paths(connection: AsyncConnection, kind: Kind, ids: Collection[str]) -> dict[str, Any]:
    column = {Kind.SITES: sites, Kind.MEMBERS: members}[kind].c.code
    return {row["code"]: row["path"] async for row in rows_in(connection, PATHS[kind], column, ids)}
