"""Rosters: rows of one unit are its roster, which replaces the one before."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from services.checkin.application.parse_rows import Parsed
from services.checkin.application.ports import Registry
from services.checkin.application.resolution import Resolution, values_of
from services.checkin.domain.registry import Kind, RosterEntry
from services.checkin.domain.roster import Shift
from shared.vocabulary.organisation import within


async def resolve_rosters(rows: Sequence[Parsed], broken: set[str], registry: Registry, resolution: Resolution) -> None:
    """`broken`: units that also have rows with errors; such a roster is not taken in part."""
    paths = await registry.paths(Kind.UNITS, values_of(rows, "unit"))
    members = await registry.units_of(values_of(rows, "member"))
    posts = await _posts(rows, registry, resolution)
    for unit, group in groupby(sorted(rows, key=_by_unit), key=lambda row: row.values["unit"]):
        same = list(group)
        count = len(resolution.errors)
        if resolution.may_write(same[0], "unit", paths.get(unit), None):
            shifts = tuple(_shift(row, members, posts, resolution) for row in same)
            _once(same, shifts, resolution)
            if unit in broken:
                resolution.refuse(same[0].row, "unit", "roster-incomplete", "another row of this roster has errors")
            if len(resolution.errors) == count:
                resolution.entries.append((RosterEntry(unit, shifts), tuple(row.row for row in same)))


def _by_unit(row: Parsed) -> tuple[str, int]:
    return row.values["unit"], row.row


async def _posts(rows: Sequence[Parsed], registry: Registry, resolution: Resolution) -> set[str]:
    """Those named that are in the importer's subtree."""
    sites = await registry.sites_of_posts(values_of(rows, "post"))
    paths = await registry.paths(Kind.SITES, set(sites.values()))
    return {post for post, site in sites.items() if within(paths[site], resolution.subtree)}


def _shift(row: Parsed, members: Mapping[str, str], posts: set[str], resolution: Resolution) -> Shift:
    v = row.values
    if members.get(v["member"]) != v["unit"]:
        resolution.refuse(row.row, "member", "unknown-reference", f"{v['member']} is no member of {v['unit']}")
    if v["post"] is not None and v["post"] not in posts:
        resolution.refuse(row.row, "post", "unknown-reference", f"{v['post']} is not in {resolution.subtree}")
    return Shift(v["member"], v["weekday"], v["from"], v["to"], v["post"])


def _once(rows: Sequence[Parsed], shifts: Sequence[Shift], resolution: Resolution) -> None:
    seen: dict[tuple[str, int, int], int] = {}
    for row, shift in zip(rows, shifts, strict=True):
        first = seen.setdefault((shift.member, shift.weekday, shift.begins), row.row)
        if first != row.row:
            resolution.refuse(row.row, "from", "duplicate", f"row {first} has the same member, weekday and beginning")
