import csv
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.analytics.domain.spreadsheet import BOM, Cell, safe_cell, spreadsheet

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
texts = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(DANGEROUS).map(lambda sign: f"{sign}1+1")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+86", "'+86"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("天河=南", "天河=南"),
        ("", ""),
        (None, ""),
        (-1, "-1"),
        (0.25, "0.25"),
    ],
)
def test_text_that_could_be_a_formula_is_made_harmless_and_numbers_stay(cell: Cell, written: str) -> None:
    assert safe_cell(cell) == written


def test_a_file_begins_with_the_mark_and_its_lines_end_as_the_format_says() -> None:
    assert spreadsheet(["名称", "n"], [["a,b", 1], ['"', None]]) == f'{BOM}名称,n\r\n"a,b",1\r\n"""",\r\n'


@given(st.lists(st.lists(texts, min_size=2, max_size=2), max_size=4))
@example([['x","=1', "a\r\n=1"]])
def test_no_cell_that_a_reader_finds_begins_a_formula(rows: list[list[str]]) -> None:
    text = spreadsheet(["a", "b"], rows).removeprefix(BOM)
    read = list(csv.reader(StringIO(text, newline="")))
    assert [
        [cell.removeprefix("'") if cell != row[i] else cell for i, cell in enumerate(line)]
        for line, row in zip(read[1:], rows, strict=True)
    ] == rows
    assert not [cell for line in read for cell in line if cell.startswith(DANGEROUS)]
