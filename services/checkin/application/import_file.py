"""Import a table into the registry: all of it, or, when asked, the rows that are right."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.checkin.application.parse_rows import Broken, Parsed, match_columns, parse_rows
from services.checkin.application.ports import Registry
from services.checkin.application.resolve_rows import resolve_rows
from services.checkin.application.tables import CellError, Table
from services.checkin.domain.registry import Kind


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`rows` were read, `accepted` of them are in the registry now; `errors` by row."""

    kind: Kind
    rows: int
    accepted: int
    errors: Sequence[CellError]


async def import_file(
    kind: Kind, table: Table, *, subtree: str, registry: Registry, all_or_nothing: bool = True
) -> ImportReport:
    """Insert or replace by code what the table holds. Nothing may be written outside `subtree`.

    With `all_or_nothing` one error anywhere means that nothing is written. Raises Conflict when the registry
    changed between the checks and the writing, UnreadableFile when the file ends badly.
    """
    columns, errors = match_columns(kind, table)
    if errors:
        return ImportReport(kind, 0, 0, errors)
    good: list[Parsed] = []
    broken: list[Broken] = []
    for row in await asyncio.to_thread(lambda: list(parse_rows(kind, table, columns))):
        if isinstance(row, Parsed):
            good.append(row)
        else:
            broken.append(row)
    resolution = await resolve_rows(kind, good, {row.code for row in broken}, subtree, registry)
    errors = [*(error for row in broken for error in row.errors), *resolution.errors]
    refused = bool(errors) and all_or_nothing
    taken = [] if refused else resolution.entries
    if taken:
        await registry.save([entry for entry, _ in taken])
    accepted = sum(len(rows) for _, rows in taken)
    return ImportReport(kind, len(good) + len(broken), accepted, sorted(errors, key=lambda error: error.row))
