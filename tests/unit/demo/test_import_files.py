"""The demo city's files are what check-in's import takes, and refer only to what came before them."""

import csv
from collections import Counter
from datetime import date
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from deploy.local.demo.city import generate
from deploy.local.demo.import_files import ALL_ROSTERED_MAX, ROWS_MAX, ImportFile, import_files, roster_files
from deploy.local.demo.rosters import turns
from services.checkin.application.import_columns import CODE_COLUMN
from services.checkin.application.parse_rows import Parsed, match_columns, parse_rows
from services.checkin.application.tables import Row, Table
from services.checkin.domain.registry import Kind
from shared.vocabulary.terms import SiteClass

CITY = generate(seed=5, units=400)
DAYS = (date(2026, 3, 1), date(2026, 3, 2))  # a Sunday and a Monday
ROSTERS = list(roster_files(CITY, DAYS))
FILES = [*import_files(CITY), *ROSTERS]


def table_of(file: ImportFile) -> Table:
    if file.name.endswith(".xlsx"):
        sheet = load_workbook(BytesIO(file.content)).worksheets[0]
        lines = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    else:
        lines = list(csv.reader(StringIO(file.content.decode("utf-8-sig"))))
    columns = tuple(lines[0])
    return Table(
        columns, [Row(number, dict(zip(columns, line, strict=True))) for number, line in enumerate(lines[1:], 2)]
    )


def values_of(file: ImportFile) -> list[Parsed]:
    table = table_of(file)
    columns, errors = match_columns(Kind(file.kind), table)
    assert errors == []
    rows = list(parse_rows(Kind(file.kind), table, columns))
    assert [row for row in rows if not isinstance(row, Parsed)] == []
    return [row for row in rows if isinstance(row, Parsed)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_row_of_every_file_is_taken(file: ImportFile) -> None:
    assert len(values_of(file)) == file.rows <= ROWS_MAX


def test_every_reference_was_uploaded_before() -> None:
    known: dict[str, set[str]] = {}
    for file in FILES:
        for row in values_of(file):
            references = {
                "parent": "stations",
                "station": "stations",
                "site": "sites",
                "unit": "units",
                "member": "members",
            }
            for column, kind in references.items():
                if row.values.get(column):
                    assert row.values[column] in known[kind]
            known.setdefault(file.kind, set()).add(row.values[CODE_COLUMN.get(Kind(file.kind), "code")])


def test_the_members_file_says_how_each_of_them_is_told() -> None:
    members = [*(person for manned in CITY.units for person in manned.people), *CITY.officers]
    files = [file for file in FILES if Kind(file.kind) is Kind.MEMBERS]
    told = {row.values["code"]: row.values["channels"] for file in files for row in values_of(file)}
    assert told == {person.member_id: person.channels for person in members}


def test_the_files_hold_the_whole_city() -> None:
    rows = dict.fromkeys(Kind, 0)
    for file in FILES:
        rows[Kind(file.kind)] += file.rows
    assert rows[Kind.UNITS] == len(CITY.units)
    assert rows[Kind.SITES] == sum(len(site.posts) for site in CITY.sites)
    assert rows[Kind.MEMBERS] == len(CITY.officers) + sum(len(manned.people) for manned in CITY.units)
    assert rows[Kind.EQUIPMENT] == sum(len(manned.unit.equipment) for manned in CITY.units)


def test_the_rosters_hold_everybody_who_is_expected_on_these_days_each_unit_s_in_one_file() -> None:
    rows = [(file.name, row.values) for file in ROSTERS for row in values_of(file)]
    expected = Counter(
        (person.unit_id, person.member_id, day.isoweekday(), each.from_hour * 60, each.to_hour % 24 * 60)
        for manned in CITY.units
        for day in DAYS
        for each in turns(CITY.seed, manned, day)
        for person in each.rostered
    )
    assert Counter((v["unit"], v["member"], v["weekday"], v["from"], v["to"]) for _, v in rows) == expected
    assert Counter(Counter(unit for _, unit in {(name, v["unit"]) for name, v in rows}).values()).keys() == {1}


def test_a_large_city_s_rosters_are_those_of_key_protected_places_and_of_the_first_station() -> None:
    city = generate(seed=5, units=ALL_ROSTERED_MAX + 1)
    files = list(roster_files(city, DAYS[:1]))
    rostered = {
        manned.unit.unit_id
        for manned in city.units
        if manned.unit.site_class is SiteClass.A or manned.unit.path == city.units[0].unit.path
    }
    assert {row.values["unit"] for file in files for row in values_of(file)} == rostered
    assert len(rostered) < len(city.units) / 5
