"""The demo city as the files that a city's office would send: first stations, then sites, units, people, equipment;
and day by day the rosters.

The stations come as a workbook with Chinese headers, the rest as CSV in UTF-8 with BOM, as spreadsheets save it.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO

from openpyxl import Workbook

from deploy.local.demo.city import City
from deploy.local.demo.people import Person
from deploy.local.demo.rosters import Turn, turns
from shared.vocabulary.organisation import StationLevel
from shared.vocabulary.terms import SiteClass

ROWS_MAX = 4000  # of one file, so that none is larger than a request may be
ALL_ROSTERED_MAX = 5000
"""Units. All rosters of 23,000 have 230,000 rows: their import would take half as long as that of all the people."""
_LEVEL_NAMES = {StationLevel.CITY: "市局", StationLevel.DISTRICT: "分局", StationLevel.STATION: "派出所"}

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class ImportFile:
    """One upload. `kind` is the import's; `rows` how many lines below the header."""

    kind: str
    name: str
    media_type: str
    content: bytes
    rows: int


def import_files(city: City) -> Iterator[ImportFile]:
    """Every file, in the order in which they refer to one another."""
    yield _workbook("stations", ("编码", "名称", "级别", "上级", "经度", "纬度"), _stations(city))
    yield from _tables(
        "sites",
        (
            "code,name,class,station,lon,lat,geofence_radius_m,address,"
            "post_code,post_name,post_lon,post_lat,fixed_code_allowed"
        ),
        _sites(city),
    )
    yield from _tables("units", "code,name,site,quorum,capabilities", _units(city))
    yield from _tables("members", "code,name,phone,id_number,unit,station,role,channels,webhook_url", _members(city))
    yield from _tables("equipment", "code,unit,kind,count,inspected_on,expires_on", _equipment(city))


def roster_files(city: City, days: Sequence[date]) -> Iterator[ImportFile]:
    """Who is expected on these days, seven at most. An import replaces a unit's whole roster, so it is in one file.

    In a large city only key protected places have rosters, and the station that the demo's officer sees.
    """
    own = city.units[0].unit.station_id
    rostered = [
        manned
        for manned in city.units
        if len(city.units) <= ALL_ROSTERED_MAX or manned.unit.site_class is SiteClass.A or manned.unit.station_id == own
    ]
    header = "unit,member,weekday,from,to,post"
    part: list[Row] = []
    number = 1
    for manned in rostered:
        roster = [row for day in days for turn in turns(city.seed, manned, day) for row in _turn(turn, day)]
        if len(part) + len(roster) > ROWS_MAX:
            yield _table("rosters", number, header, part)
            part, number = [], number + 1
        part += roster
    yield _table("rosters", number, header, part)


def _turn(turn: Turn, day: date) -> Iterator[Row]:
    hours = f"{turn.from_hour:02}:00", f"{turn.to_hour:02}:00"
    return ((p.unit_id, p.member_id, day.isoweekday(), *hours, turn.post.post_id) for p in turn.rostered)


def _stations(city: City) -> list[Row]:
    return [
        (s.station_id, s.name, _LEVEL_NAMES[s.level], s.parent_id or "", s.location.lon, s.location.lat)
        for s in city.stations
    ]


def _sites(city: City) -> list[Row]:
    """A row a post; what is said of the site is repeated in each."""
    return [
        (
            site.site_id,
            site.name,
            site.site_class.value,
            site.station_id,
            site.location.lon,
            site.location.lat,
            site.geofence_radius_m,
            site.address,
            post.post_id,
            post.name,
            post.location.lon,
            post.location.lat,
            "yes" if post.fixed_code_allowed else "no",
        )
        for site in city.sites
        for post in site.posts
    ]


def _units(city: City) -> list[Row]:
    units = [manned.unit for manned in city.units]
    return [(u.unit_id, u.name, u.site_id, u.quorum, ";".join(u.capabilities)) for u in units]


def _members(city: City) -> list[Row]:
    members = [_member(person) for manned in city.units for person in manned.people]
    return members + [_member(person) for person in city.officers]


def _member(person: Person) -> Row:
    station = "" if person.unit_id else person.station_id
    return (
        person.member_id,
        person.name,
        person.phone,
        person.id_number,
        person.unit_id or "",
        station,
        person.role.value,
        ";".join(person.channels),
        person.webhook_url,
    )


def _equipment(city: City) -> list[Row]:
    return [
        (e.equipment_id, manned.unit.unit_id, e.kind.value, e.count, e.inspected_on or "", e.expires_on or "")
        for manned in city.units
        for e in manned.unit.equipment
    ]


def _tables(kind: str, header: str, rows: list[Row]) -> Iterator[ImportFile]:
    for first in range(0, len(rows), ROWS_MAX):
        yield _table(kind, first // ROWS_MAX + 1, header, rows[first : first + ROWS_MAX])


def _table(kind: str, number: int, header: str, rows: list[Row]) -> ImportFile:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return ImportFile(kind, f"{kind}-{number}.csv", "text/csv", text.getvalue().encode("utf-8-sig"), len(rows))


def _workbook(kind: str, header: Row, rows: list[Row]) -> ImportFile:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(kind)
    for row in (header, *rows):
        sheet.append(list(row))
    content = BytesIO()
    book.save(content)
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return ImportFile(kind, f"{kind}.xlsx", media_type, content.getvalue(), len(rows))
