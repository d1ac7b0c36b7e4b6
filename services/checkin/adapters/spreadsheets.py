"""Tables from CSV and XLSX files, which come from anybody: every size is bounded before it is believed."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from services.checkin.application.tables import CELL_MAX, Row, Table, UnreadableFile

ROWS_MAX = 400_000
COLUMNS_MAX = 60
UNPACKED_MAX = 150_000_000
"""Bytes of all parts of an XLSX together, as its directory declares them; a part cannot unpack to more than that."""
_ZIP_MAGIC = b"PK\x03\x04"


def read_table(content: bytes) -> Table:
    """The first sheet of an XLSX, or a CSV in UTF-8 (with or without BOM) or GB18030. Raises UnreadableFile.

    Rows are read as they are asked for, so a fault further down is raised then.
    """
    if content.startswith(_ZIP_MAGIC):
        return _table(_xlsx_rows(content))
    return _table(_csv_rows(_decoded(content)))


def _table(lines: Iterator[Sequence[str]]) -> Table:
    header = next(lines, None)
    columns = tuple(cell.strip() for cell in header or ())
    while columns and not columns[-1]:
        columns = columns[:-1]
    if not columns:
        raise UnreadableFile("empty-file", "there is no header row")
    if len(columns) > COLUMNS_MAX:
        raise UnreadableFile("too-many-columns", f"{len(columns)}; at most {COLUMNS_MAX}", row=1)
    return Table(columns, _rows(columns, lines))


def _rows(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> Iterator[Row]:
    for number, line in enumerate(lines, 2):
        if number > ROWS_MAX + 1:
            raise UnreadableFile("too-many-rows", f"at most {ROWS_MAX}", row=number)
        cells = [cell.strip()[: CELL_MAX + 1] for cell in line]
        if any(cells[len(columns) :]):
            raise UnreadableFile("malformed-row", "more cells than the header has", row=number)
        if any(cells):
            yield Row(number, dict(zip(columns, cells, strict=False)))


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise UnreadableFile("encoding", "neither XLSX nor text in UTF-8 or GB18030")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("encoding", "the text is neither UTF-8 nor GB18030")


def _csv_rows(text: str) -> Iterator[Sequence[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise UnreadableFile("malformed-row", str(error), row=reader.line_num) from error


def _xlsx_rows(content: bytes) -> Iterator[Sequence[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > UNPACKED_MAX:
            raise UnreadableFile("too-large", f"unpacks to {unpacked} bytes; at most {UNPACKED_MAX}")
        # Formulas are read as such, so that they can be refused; their cached results are anybody's.
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what a file says of its size is not believed
            for row in sheet.iter_rows(max_row=ROWS_MAX + 2, max_col=COLUMNS_MAX + 1, values_only=True):
                yield [_text(value) for value in row]
        finally:
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, IndexError, ValueError, TypeError) as error:
        raise UnreadableFile("not-a-spreadsheet", f"the XLSX file cannot be read: {error}") from error


def _text(value: Any) -> str:
    """A cell as somebody would type it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)
