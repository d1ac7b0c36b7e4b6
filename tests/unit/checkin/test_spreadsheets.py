"""Files from anybody: every encoding we promise, and every trick we refuse."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from services.checkin.adapters import spreadsheets
from services.checkin.adapters.spreadsheets import read_table
from services.checkin.application.tables import CELL_MAX, UnreadableFile

TEXT = "编码,名称\r\nu-1,体育中心东门单元\r\n"


def cells(content: bytes) -> list[tuple[int, dict[str, str]]]:
    return [(row.number, dict(row.cells)) for row in read_table(content).rows]


def xlsx(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def why_not(content: bytes) -> tuple[str, int]:
    with pytest.raises(UnreadableFile) as caught:
        list(read_table(content).rows)
    return caught.value.code, caught.value.row


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_a_csv_is_read_in_every_usual_encoding(encoding: str) -> None:
    assert cells(TEXT.encode(encoding)) == [(2, {"编码": "u-1", "名称": "体育中心东门单元"})]


def test_rows_have_the_numbers_that_a_spreadsheet_shows() -> None:
    assert [number for number, _ in cells(b"code\n\na\n,\nb\n")] == [3, 5]


def test_a_cell_may_hold_quotes_and_line_breaks() -> None:
    assert cells(b'code,name\nu,"a ""b"", c\nd"\n') == [(2, {"code": "u", "name": 'a "b", c\nd'})]


def test_an_xlsx_cell_is_read_as_somebody_would_type_it() -> None:
    content = xlsx(
        ["code", "phone", "lon", "on", "at", "yes", "none"],
        ["u", 10000000001, 113.25, date(2026, 3, 1), datetime(2026, 3, 1, 8), True, None],
    )
    (row,) = cells(content)
    assert list(row[1].values()) == ["u", "10000000001", "113.25", "2026-03-01", "2026-03-01", "true", ""]


def test_a_formula_in_an_xlsx_is_read_as_the_formula_not_as_its_cached_result() -> None:
    assert cells(xlsx(["code"], ["=1+1"])) == [(2, {"code": "=1+1"})]


def test_a_huge_cell_is_cut_but_still_too_long() -> None:
    for content in (f"code\n{'x' * 20_000}\n".encode(), xlsx(["code"], ["x" * 20_000])):
        ((_, row),) = cells(content)
        assert len(row["code"]) == CELL_MAX + 1


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"", "empty-file", 0),
        (b",,\n", "empty-file", 0),
        ("code\nä".encode("utf-16"), "encoding", 0),
        (b"code\n\xff\xff\xff\n", "encoding", 0),
        (b"\x89PNG\r\n\x1a\n\0\0", "encoding", 0),
        (b'code,name\nu,"a\n', "malformed-row", 2),
        (b"code\nu,v\n", "malformed-row", 2),
        (b"code\n" + b'"' + b"x" * 200_000 + b'"\n', "malformed-row", 2),
        (",".join(f"c{n}" for n in range(61)).encode(), "too-many-columns", 1),
        (b"PK\x03\x04 no zip at all", "not-a-spreadsheet", 0),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(content: bytes, code: str, row: int) -> None:
    assert why_not(content) == (code, row)


def test_a_zip_that_is_no_xlsx_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("anything.txt", "x")
    assert why_not(buffer.getvalue())[0] == "not-a-spreadsheet"


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    buffer = io.BytesIO(xlsx(["code"], ["u"]))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as part:
        for _ in range(160):
            part.write(b"\0" * 1_000_000)
    assert len(buffer.getvalue()) < 1_000_000
    assert why_not(buffer.getvalue())[0] == "too-large"


def test_a_sheet_with_entities_that_grow_is_refused() -> None:
    declared = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 20}">' for n in range(8))
    sheet = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">{declared}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&a8;</t></is></c></row></sheetData></worksheet>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(["code"], ["u"]))) as plain, zipfile.ZipFile(buffer, "w") as changed:
        for part in plain.infolist():
            inside = sheet.encode() if part.filename == "xl/worksheets/sheet1.xml" else plain.read(part)
            changed.writestr(part, inside)
    assert why_not(buffer.getvalue())[0] == "not-a-spreadsheet"


def test_a_sheet_that_claims_far_away_cells_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "ROWS_MAX", 1000)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["code"])
    sheet["XFD900000"] = "far"  # type: ignore[index]
    buffer = io.BytesIO()
    book.save(buffer)
    assert why_not(buffer.getvalue()) == ("too-many-rows", 1002)
