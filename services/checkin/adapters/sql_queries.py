"""Statements that more than one part of the registry uses, in chunks that every database takes."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.checkin.adapters.sql_tables import equipment, members, rosters, sites, stations, units
from services.checkin.domain.registry import Kind

CHUNK = 1000  # rows or values in one statement: what is worked on between two chances for other requests

Query = Select[*tuple[Any, ...]]

_own_station = stations.alias("own_station")  # of a member without a unit

_of_site = sites.join(stations, sites.c.station == stations.c.code)
_of_unit = units.join(_of_site, units.c.site == sites.c.code)

PATHS: dict[Kind, Query] = {
    Kind.STATIONS: select(stations.c.code, stations.c.path),
    Kind.SITES: select(sites.c.code, stations.c.path).select_from(_of_site),
    Kind.UNITS: select(units.c.code, stations.c.path).select_from(_of_unit),
    Kind.MEMBERS: select(members.c.code, func.coalesce(stations.c.path, _own_station.c.path).label("path")).select_from(
        members.outerjoin(_of_unit, members.c.unit == units.c.code).outerjoin(
            _own_station, members.c.station == _own_station.c.code
        )
    ),
    Kind.EQUIPMENT: select(equipment.c.code, stations.c.path).select_from(
        equipment.join(_of_unit, equipment.c.unit == units.c.code)
    ),
    Kind.ROSTERS: select(rosters.c.unit.label("code"), stations.c.path)
    .distinct()
    .select_from(rosters.join(_of_unit, rosters.c.unit == units.c.code)),
}
"""(code, organisation path) of every entry of a kind."""


async def rows_in(
    connection: AsyncConnection, query: Query, column: ColumnElement[str], values: Collection[str]
) -> AsyncIterator[Mapping[str, Any]]:
    """The rows of `query` whose `column` is one of `values`."""
    for chunk in chunks(sorted(values)):
        for row in (await connection.execute(query.where(column.in_(chunk)))).mappings():
            yield dict(row)


async def delete_in(
    connection: AsyncConnection, table: Table, column: ColumnElement[Any], values: Collection[Any]
) -> None:
    """Delete the rows whose `column` is one of `values`."""
    for chunk in chunks(sorted(values)):
        await connection.execute(delete(table).where(column.in_(chunk)))


async def upsert(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], *, newer_by: str | None = None
) -> None:
    """Insert, or replace where the key is taken; `newer_by`: only what has less in this column."""
    statement = _insert(connection, table)
    new = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    is_newer = None if newer_by is None else statement.excluded[newer_by] > table.c[newer_by]
    statement = statement.on_conflict_do_update(index_elements=table.primary_key, set_=new, where=is_newer)
    for chunk in chunks(rows):
        await connection.execute(statement, chunk)


async def insert_if_absent(connection: AsyncConnection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert, or leave what is there. Others that insert the same at once are waited for."""
    await connection.execute(_insert(connection, table).values(row).on_conflict_do_nothing())


def _insert(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def in_subtree(path: ColumnElement[str | None], subtree: str) -> ColumnElement[bool]:
    """Whether the node at `path` lies in `subtree`, as `within` has it."""
    return or_(path == subtree, path.startswith(f"{subtree}/", autoescape=True))


def chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    """`values` in pieces of at most CHUNK."""
    rest = iter(values)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
