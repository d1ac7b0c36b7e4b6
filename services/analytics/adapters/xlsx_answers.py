"""Tables as XLSX: numbers are numbers, and text is text whatever it begins with."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from services.analytics.adapters.report_tables import ReportTable
from services.analytics.domain.spreadsheet import Cell, is_like_a_formula

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL_MAX = 32_767
"""Characters that a cell of this format takes."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xlsx_answer(table: ReportTable) -> bytes:
    """A whole file of one sheet, its header and first column staying in sight."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("figures")
    sheet.freeze_panes = "B2"
    for line in (table.header, *table.lines):
        sheet.append(_cells(sheet, line))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(sheet: Any, line: Sequence[Cell]) -> list[Any]:
    return [_text(sheet, cell) if isinstance(cell, str) else cell for cell in line]


def _text(sheet: Any, text: str) -> Any:
    """A cell of text. The library would make a formula of what begins with =, and an error of what looks like one."""
    cell: Any = WriteOnlyCell(sheet, value=_NOT_IN_XML.sub("\ufffd", text)[:CELL_MAX])
    cell.data_type = "s"
    # As the apostrophe does that people type: it stays text when somebody edits the cell.
    cell.quotePrefix = is_like_a_formula(text)
    return cell
