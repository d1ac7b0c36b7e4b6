"""A table as a file holds it: named columns, and rows of text under the numbers that a spreadsheet shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CELL_MAX = 2000
"""Characters; a reader cuts longer cells one character beyond this, so that they are still seen to be too long."""


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is the spreadsheet's: the header is 1. `cells` are stripped; columns the row lacks are ''."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` as the header spells them."""

    columns: tuple[str, ...]
    rows: Iterable[Row]


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong where. `column` is '' when it is the row as a whole; `code` is stable."""

    row: int
    column: str
    code: str
    detail: str


class UnreadableFile(Exception):
    """The file as a whole is of no use. `code` is stable."""

    def __init__(self, code: str, detail: str, row: int = 0) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.row = row
