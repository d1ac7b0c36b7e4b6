"""Registry entries as rows, and back."""

from collections.abc import Mapping
from typing import Any, Literal, cast

from services.checkin.adapters.seal import Seal
from services.checkin.domain.people import Person
from services.checkin.domain.registry import (
    EquipmentEntry,
    MemberEntry,
    PostEntry,
    SiteEntry,
    StationEntry,
    UnitEntry,
)
from services.checkin.domain.roster import Shift
from shared.vocabulary.geography import Point
from shared.vocabulary.organisation import StationLevel
from shared.vocabulary.terms import ChannelKind, EquipmentKind, Role, SiteClass

SqlRow = Mapping[str, Any]


def station_row(entry: StationEntry) -> SqlRow:
    return {
        "code": entry.code,
        "name": entry.name,
        "level": entry.level.value,
        "parent": entry.parent,
        "path": entry.path,
        **_place(entry.location),
    }


def station_of(row: SqlRow) -> StationEntry:
    return StationEntry(row["code"], row["name"], StationLevel(row["level"]), row["parent"], row["path"], _point(row))


def site_row(entry: SiteEntry) -> SqlRow:
    return {
        "code": entry.code,
        "name": entry.name,
        "site_class": entry.site_class.value,
        "station": entry.station,
        **_place(entry.location),
        "geofence_radius_m": entry.geofence_radius_m,
        "address": entry.address,
    }


def site_of(row: SqlRow, posts: tuple[PostEntry, ...]) -> SiteEntry:
    return SiteEntry(
        row["code"],
        row["name"],
        SiteClass(row["site_class"]),
        row["station"],
        _point(row),
        row["geofence_radius_m"],
        row["address"],
        posts,
    )


def post_row(entry: PostEntry, site: str, place: int) -> SqlRow:
    return {
        "code": entry.code,
        "site": site,
        "place": place,
        "name": entry.name,
        **_place(entry.location),
        "fixed_code_allowed": entry.fixed_code_allowed,
    }


def post_of(row: SqlRow) -> PostEntry:
    return PostEntry(row["code"], row["name"], _point(row), row["fixed_code_allowed"])


def unit_row(entry: UnitEntry) -> SqlRow:
    return {
        "code": entry.code,
        "name": entry.name,
        "site": entry.site,
        "quorum": entry.quorum,
        "capabilities": list(entry.capabilities),
        "suspended": entry.suspended,
    }


def unit_of(row: SqlRow) -> UnitEntry:
    return UnitEntry(row["code"], row["name"], row["site"], row["quorum"], tuple(row["capabilities"]), row["suspended"])


def member_row(entry: MemberEntry, seal: Seal) -> SqlRow:
    return {
        "code": entry.code,
        "name_sealed": seal.close(entry.name),
        "phone_sealed": seal.close(entry.phone),
        "id_number_sealed": seal.close(entry.id_number),
        "unit": entry.unit,
        "station": entry.station,
        "role": entry.role.value,
        "language": entry.language,
        "active": entry.active,
        "channels": [kind.value for kind in entry.channels],
        "webhook_url_sealed": seal.close(entry.webhook_url),
    }


def member_of(row: SqlRow, seal: Seal) -> MemberEntry:
    return MemberEntry(
        row["code"],
        seal.open(row["name_sealed"]),
        seal.open(row["phone_sealed"]),
        seal.open(row["id_number_sealed"]),
        row["unit"],
        row["station"],
        Role(row["role"]),
        cast("Literal['zh-CN', 'en']", row["language"]),
        row["active"],
        tuple(ChannelKind(kind) for kind in row["channels"]),
        seal.open(row["webhook_url_sealed"]),
    )


def person_of(row: SqlRow, seal: Seal) -> Person:
    """`row`: a member's, with the path of its node, which ends with the station's code."""
    station = row["path"].rpartition("/")[2]
    return Person(row["code"], seal.open(row["name_sealed"]), Role(row["role"]), row["path"], row["unit"], station)


def equipment_row(entry: EquipmentEntry) -> SqlRow:
    return {
        "code": entry.code,
        "unit": entry.unit,
        "kind": entry.kind.value,
        "count": entry.count,
        "inspected_on": entry.inspected_on,
        "expires_on": entry.expires_on,
    }


def equipment_of(row: SqlRow) -> EquipmentEntry:
    return EquipmentEntry(
        row["code"], row["unit"], EquipmentKind(row["kind"]), row["count"], row["inspected_on"], row["expires_on"]
    )


def shift_row(shift: Shift, unit: str) -> SqlRow:
    return {
        "unit": unit,
        "member": shift.member,
        "weekday": shift.weekday,
        "begins": shift.begins,
        "ends": shift.ends,
        "post": shift.post,
    }


def shift_of(row: SqlRow) -> Shift:
    return Shift(row["member"], row["weekday"], row["begins"], row["ends"], row["post"])


def _place(point: Point) -> SqlRow:
    return {"lon": point.lon, "lat": point.lat}


def _point(row: SqlRow) -> Point:
    return Point(row["lon"], row["lat"])
