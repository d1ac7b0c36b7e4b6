"""Sites with their posts: rows of one code are one site, and each of them may name a post."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from services.checkin.application.parse_rows import Parsed
from services.checkin.application.ports import Registry
from services.checkin.application.resolution import Resolution, place_of, values_of
from services.checkin.domain.registry import Kind, PostEntry, SiteEntry, level_of
from shared.vocabulary.organisation import StationLevel


async def resolve_sites(rows: Sequence[Parsed], broken: set[str], registry: Registry, resolution: Resolution) -> None:
    stations = await registry.paths(Kind.STATIONS, values_of(rows, "station"))
    codes = values_of(rows, "code")
    standing, posts_now = await registry.paths(Kind.SITES, codes), await registry.posts_of(codes)
    taken = dict(await registry.sites_of_posts(values_of(rows, "post_code")))
    by_code = sorted(rows, key=lambda row: (row.values["code"], row.row))
    for code, group in groupby(by_code, key=lambda row: row.values["code"]):
        same = list(group)
        count = len(resolution.errors)
        _check_site(same, resolution, stations, standing.get(code))
        posts = tuple(_posts(same, taken, resolution))
        if code in broken or len(resolution.errors) > count:
            if code in broken:
                resolution.refuse(same[0].row, "code", "site-incomplete", "another row of this site has errors")
            continue
        first = same[0].values
        place = place_of(first, "lon", "lat")
        posts = (
            posts
            or posts_now.get(code)
            or (PostEntry(f"{code}.p1", first["name"], place, first["fixed_code_allowed"]),)
        )
        entry = SiteEntry(
            code,
            first["name"],
            first["class"],
            first["station"],
            place,
            first["geofence_radius_m"],
            first["address"],
            posts,
        )
        resolution.entries.append((entry, tuple(row.row for row in same)))


def _check_site(
    same: list[Parsed], resolution: Resolution, stations: Mapping[str, str], standing_at: str | None
) -> None:
    first = same[0]
    path = stations.get(first.values["station"])
    if resolution.may_write(first, "station", path, standing_at) and level_of(path or "") is not StationLevel.STATION:
        resolution.refuse(first.row, "station", "wrong-level", "a site belongs to a station, not to a district or city")
    about_the_site = [name for name in first.values if not name.startswith("post_") and name != "fixed_code_allowed"]
    for row in same[1:]:
        if row.values["post_code"] is None:
            resolution.refuse(
                row.row, "code", "duplicate", f"row {first.row} has the same code, and this row names no post"
            )
        for name in about_the_site:
            if row.values[name] != first.values[name]:
                resolution.refuse(row.row, name, "contradiction", f"row {first.row} says otherwise of the same site")


def _posts(same: list[Parsed], taken: dict[str, str], resolution: Resolution) -> Iterable[PostEntry]:
    seen: set[str] = set()
    for row in same:
        values, code = row.values, row.values["post_code"]
        if code is None:
            continue
        if code in seen or taken.get(code, values["code"]) != values["code"]:
            resolution.refuse(row.row, "post_code", "duplicate", "another post has this code")
        if (values["post_lon"] is None) != (values["post_lat"] is None):
            resolution.refuse(
                row.row,
                "post_lon",
                "missing",
                "give both post_lon and post_lat, or neither: then it is at the site's place",
            )
            continue
        seen.add(code)
        taken[code] = values["code"]
        names = ("lon", "lat") if values["post_lon"] is None else ("post_lon", "post_lat")
        name = values["post_name"] or values["name"]
        yield PostEntry(code, name, place_of(values, *names), values["fixed_code_allowed"])
