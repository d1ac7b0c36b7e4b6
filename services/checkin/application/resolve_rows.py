"""From typed rows to registry entries: what they refer to must be there, and lie where the importer may write."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from services.checkin.application.parse_rows import Parsed
from services.checkin.application.ports import Registry
from services.checkin.application.resolution import Resolution, place_of, values_of
from services.checkin.application.resolve_rosters import resolve_rosters
from services.checkin.application.resolve_sites import resolve_sites
from services.checkin.domain.registry import (
    LEVELS,
    EquipmentEntry,
    Kind,
    MemberEntry,
    StationEntry,
    UnitEntry,
    is_station_code,
    level_of,
)
from shared.vocabulary.organisation import within
from shared.vocabulary.terms import ChannelKind

_ADDRESSES = {ChannelKind.SMS: "phone", ChannelKind.WEBHOOK: "webhook_url"}
"""The column that each channel finds a member by."""


async def resolve_rows(
    kind: Kind, rows: Sequence[Parsed], broken: set[str], subtree: str, registry: Registry
) -> Resolution:
    """`broken`: codes that also have rows with errors; such a site or roster is not taken in part."""
    resolution = Resolution(subtree)
    if kind is Kind.SITES:
        await resolve_sites(rows, broken, registry, resolution)
    elif kind is Kind.ROSTERS:
        await resolve_rosters(rows, broken, registry, resolution)
    else:
        await _RESOLVERS[kind](_once(rows, resolution), registry, resolution)
    return resolution


def _once(rows: Sequence[Parsed], resolution: Resolution) -> list[Parsed]:
    """The rows without those whose code came before."""
    seen: dict[str, int] = {}
    for row in rows:
        first = seen.setdefault(row.values["code"], row.row)
        if first != row.row:
            resolution.refuse(row.row, "code", "duplicate", f"row {first} has the same code")
    return [row for row in rows if seen[row.values["code"]] == row.row]


async def _stations(rows: list[Parsed], registry: Registry, resolution: Resolution) -> None:
    paths = dict(await registry.paths(Kind.STATIONS, values_of(rows, "code", "parent")))
    standing = dict(paths)
    for row in sorted(rows, key=lambda row: (LEVELS.index(row.values["level"]), row.row)):
        code, level, parent = row.values["code"], row.values["level"], row.values["parent"]
        path = _path_of(code, parent, paths, resolution.subtree)
        if path is not None and (path.count("/") > len(LEVELS) or level_of(path) is not level):
            resolution.refuse(
                row.row, "parent", "wrong-parent", "a district belongs to a city, a station to a district"
            )
        elif path is not None and not is_station_code(code, level, parent):
            resolution.refuse(
                row.row, "code", "wrong-code", "six digits by GB/T 2260; a station's: its district's and 3 to 6 more"
            )
        elif path is not None and standing.get(code, path) != path:
            resolution.refuse(
                row.row, "parent", "wrong-parent", f"is registered at {standing[code]}; a node cannot move"
            )
        elif resolution.may_write(row, "parent", path, standing.get(code)) and path is not None:
            paths[code] = path
            entry = StationEntry(code, row.values["name"], level, parent, path, place_of(row.values, "lon", "lat"))
            resolution.entries.append((entry, (row.row,)))


def _path_of(code: str, parent: str | None, paths: Mapping[str, str], subtree: str) -> str | None:
    """None: the parent is not there, for this importer."""
    if parent is None:
        return f"/{code}"
    above = paths.get(parent)
    return f"{above}/{code}" if above is not None and within(above, subtree) else None


async def _units(rows: list[Parsed], registry: Registry, resolution: Resolution) -> None:
    sites = await registry.paths(Kind.SITES, values_of(rows, "site"))
    standing = await registry.paths(Kind.UNITS, values_of(rows, "code"))
    for row in rows:
        v = row.values
        if resolution.may_write(row, "site", sites.get(v["site"]), standing.get(v["code"])):
            entry = UnitEntry(v["code"], v["name"], v["site"], v["quorum"], v["capabilities"], v["suspended"])
            resolution.entries.append((entry, (row.row,)))


async def _members(rows: list[Parsed], registry: Registry, resolution: Resolution) -> None:
    units = await registry.paths(Kind.UNITS, values_of(rows, "unit"))
    stations = await registry.paths(Kind.STATIONS, values_of(rows, "station"))
    standing = await registry.paths(Kind.MEMBERS, values_of(rows, "code"))
    for row in rows:
        v = row.values
        reachable = _has_its_addresses(row, resolution)
        if v["unit"] is None and v["station"] is None:
            resolution.refuse(row.row, "unit", "missing", "a member belongs to a unit, an officer to a station")
            continue
        column, there = ("station", stations) if v["unit"] is None else ("unit", units)
        if resolution.may_write(row, column, there.get(v[column]), standing.get(v["code"])) and reachable:
            resolution.entries.append((_member(v), (row.row,)))


def _has_its_addresses(row: Parsed, resolution: Resolution) -> bool:
    """Whether a member's row gives the address of each channel that it names."""
    lacking = [kind for kind in row.values["channels"] if kind in _ADDRESSES and not row.values[_ADDRESSES[kind]]]
    for kind in lacking:
        resolution.refuse(row.row, _ADDRESSES[kind], "missing", f"channels names {kind}")
    return not lacking


def _member(v: Mapping[str, Any]) -> MemberEntry:
    return MemberEntry(
        code=v["code"],
        name=v["name"],
        phone=v["phone"],
        id_number=v["id_number"],
        unit=v["unit"],
        station=v["station"] if v["unit"] is None else None,  # of somebody in a unit it is the unit's
        role=v["role"],
        language=v["language"],
        active=v["active"],
        channels=v["channels"],
        webhook_url=v["webhook_url"],
    )


async def _equipment(rows: list[Parsed], registry: Registry, resolution: Resolution) -> None:
    units = await registry.paths(Kind.UNITS, values_of(rows, "unit"))
    standing = await registry.paths(Kind.EQUIPMENT, values_of(rows, "code"))
    for row in rows:
        v = row.values
        if resolution.may_write(row, "unit", units.get(v["unit"]), standing.get(v["code"])):
            entry = EquipmentEntry(v["code"], v["unit"], v["kind"], v["count"], v["inspected_on"], v["expires_on"])
            resolution.entries.append((entry, (row.row,)))


_RESOLVERS: dict[Kind, Callable[[list[Parsed], Registry, Resolution], Awaitable[None]]] = {
    Kind.STATIONS: _stations,
    Kind.UNITS: _units,
    Kind.MEMBERS: _members,
    Kind.EQUIPMENT: _equipment,
}
