"""CSV that spreadsheets of the field's offices open rightly, and that cannot make them run a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

BOM = "\ufeff"
"""Without it the usual office programs read UTF-8 Chinese as GB18030."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection); full-width signs do in East Asian ones."""

Cell = str | int | float | None


def is_like_a_formula(text: str) -> bool:
    """Whether a spreadsheet could take this text for a formula when it is typed into a cell."""
    return text.startswith(_FORMULA)


def safe_cell(cell: Cell) -> str:
    """The cell's text. Text that could be taken for a formula gets an apostrophe in front; numbers stay numbers."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if is_like_a_formula(cell) else cell
    return str(cell)


def spreadsheet(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A whole file: BOM, then lines that end with CRLF (RFC 4180)."""
    out = StringIO(BOM)
    out.seek(0, 2)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()
