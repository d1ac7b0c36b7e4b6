"""From a table's text to typed values, with an error for every cell that is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.checkin.application.cells import BadCell
from services.checkin.application.import_columns import CODE_COLUMN, COLUMNS, Column, column_named
from services.checkin.application.tables import CELL_MAX, CellError, Row, Table
from services.checkin.domain.registry import Kind


@dataclass(frozen=True, slots=True)
class Parsed:
    """A row whose cells are all right. `values` has every column of the kind."""

    row: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Broken:
    """A row with errors. `code` is what the column says that the entry is named by, right or wrong."""

    code: str
    errors: tuple[CellError, ...]


def match_columns(kind: Kind, table: Table) -> tuple[dict[str, Column], list[CellError]]:
    """The column that each header means, and what is wrong with the headers."""
    found: dict[str, Column] = {}
    errors: list[CellError] = []
    for header in table.columns:
        column = column_named(kind, header)
        if column is None:
            errors.append(CellError(1, header[:80], "unknown-column", "not a column of this kind"))
        elif column in found.values():
            errors.append(CellError(1, header, "duplicate-column", f"another column is {column.name} already"))
        else:
            found[header] = column
    errors += [
        CellError(1, column.name, "missing-column", f"also called {', '.join(column.also)}")
        for column in COLUMNS[kind]
        if column.required and column not in found.values()
    ]
    return found, errors


def parse_rows(kind: Kind, table: Table, columns: Mapping[str, Column]) -> Iterator[Parsed | Broken]:
    """For each row its values, or what is wrong with it."""
    headers = {column.name: header for header, column in columns.items()}
    for row in table.rows:
        values: dict[str, Any] = {}
        errors: list[CellError] = []
        for column in COLUMNS[kind]:
            header = headers.get(column.name)
            try:
                values[column.name] = _value(column, row, header)
            except BadCell as bad:
                errors.append(CellError(row.number, header or column.name, bad.code, bad.detail))
        code = row.cells.get(headers.get(CODE_COLUMN.get(kind, "code"), ""), "")
        yield Broken(code, tuple(errors)) if errors else Parsed(row.number, values)


def _value(column: Column, row: Row, header: str | None) -> Any:
    text = row.cells.get(header, "") if header is not None else ""
    if len(text) > CELL_MAX:
        raise BadCell("too-long", f"more than {CELL_MAX} characters")
    if text:
        return column.parse(text)
    if column.required:
        raise BadCell("missing", "must not be empty")
    return column.default
