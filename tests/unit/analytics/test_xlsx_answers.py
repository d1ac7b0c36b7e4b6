"""Workbooks: whatever a text looks like, it is read back as that text and is never a formula."""

import re
import zipfile
from io import BytesIO
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.analytics.adapters.report_tables import ReportTable
from services.analytics.adapters.xlsx_answers import CELL_MAX, xlsx_answer
from services.analytics.domain.spreadsheet import Cell


def cell_of(value: Cell) -> Any:
    """The cell as another program reads it."""
    book = load_workbook(BytesIO(xlsx_answer(ReportTable(["head"], [[value]]))))
    return book.worksheets[0]["A2"]


@pytest.mark.parametrize(
    "text",
    ["=1+1", '=HYPERLINK("http://x")', "+86", "-1", "@SUM(A1)", "\t=1", "＝1", "#N/A", "2026-03-01", "1e3", "TRUE"],
)
def test_text_is_text_whatever_it_looks_like(text: str) -> None:
    cell = cell_of(text)
    assert (cell.data_type, cell.value) == ("s", text)


@pytest.mark.parametrize(("text", "kept"), [("=1", True), ("＠x", True), ("天河", False)])
def test_what_could_become_a_formula_when_it_is_edited_is_marked_as_text(text: str, kept: bool) -> None:
    assert bool(cell_of(text).quotePrefix) is kept


@pytest.mark.parametrize("number", [0, -1, 0.25, 10**12])
def test_a_number_is_a_number(number: float) -> None:
    cell = cell_of(number)
    assert (cell.data_type, cell.value) == ("n", number)


def test_nothing_is_an_empty_cell() -> None:
    assert cell_of(None).value is None


def test_a_header_is_no_formula_either() -> None:
    book = load_workbook(BytesIO(xlsx_answer(ReportTable(["=1"], []))))
    assert book.worksheets[0]["A1"].data_type == "s"


def test_what_xml_cannot_hold_is_shown_as_missing() -> None:
    assert cell_of("a\x00b\x1f\ufffe\ud800").value == "a\ufffdb\ufffd\ufffd\ufffd"


def test_a_text_longer_than_the_format_takes_is_cut() -> None:
    assert len(cell_of("x" * 40_000).value) == CELL_MAX


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=40))
@example("<script>alert(1)</script>")
@example("\u202egpj.exe")
@example("_x000D_=1")
def test_no_text_makes_a_formula_in_the_file(text: str) -> None:
    content = xlsx_answer(ReportTable([text], [[text], [f"={text}"]]))
    with zipfile.ZipFile(BytesIO(content)) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert not re.search(r"<(\w+:)?f[ >/]", sheet)
    load_workbook(BytesIO(content))
