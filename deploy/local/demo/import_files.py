"""The demo city as the files that a city's office would send: first stations, then sites, units, people, equipment.

The stations come as a workbook with Chinese headers, the rest as CSV in UTF-8 with BOM, as spreadsheets save it.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

from openpyxl import Workbook

from deploy.local.demo.city import City
from deploy.local.demo.people import Person
from shared.vocabulary.organisation import StationLevel

ROWS_MAX = 4000  # of one file, so that none is larger than a request may be
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
        part = rows[first : first + ROWS_MAX]
        text = StringIO()
        writer = csv.writer(text)
        writer.writerow(header.split(","))
        writer.writerows(part)
        content = text.getvalue().encode("utf-8-sig")
        yield ImportFile(kind, f"{kind}-{first // ROWS_MAX + 1}.csv", "text/csv", content, len(part))


def _workbook(kind: str, header: Row, rows: list[Row]) -> ImportFile:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(kind)
    for row in (header, *rows):
        sheet.append(list(row))
    content = BytesIO()
    book.save(content)
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return ImportFile(kind, f"{kind}.xlsx", media_type, content.getvalue(), len(rows))
