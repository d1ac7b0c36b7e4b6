"""Stations and units, to be read."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from services.checkin.adapters.http_registry_ready import registry_is_read
from services.checkin.application.directory import Directory
from services.checkin.application.find_units import Box, UnitFilter, UnitOnDuty, find_units
from services.checkin.application.ports import DutyBook
from shared.platform.web.paging import link_next, read_cursor
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal, principal_with
from shared.vocabulary.terms import DutyState, Role, SiteClass

GEOJSON = "application/geo+json"
PAGE_MAX = 1000
_CREW = (Role.LEADER, Role.MEMBER)

Reader = Annotated[Principal, Depends(principal_with(Role.OPERATOR, Role.OFFICER, Role.PARTNER, *_CREW))]


def unit_routes(directory: Directory, book: DutyBook) -> APIRouter:
    """`/stations`, `/units` and `/units/{id}`."""
    ready = Depends(registry_is_read(directory))
    router = APIRouter(prefix="/checkin/v1", tags=["registry"], dependencies=[ready])

    @router.get("/stations")
    async def stations(caller: Reader) -> dict[str, Any]:
        """The caller's part of the tree, parents first."""
        seen = [station for station in directory.stations.values() if caller.may_see(station.path)]
        return {"items": [station.model_dump(mode="json") for station in sorted(seen, key=lambda s: s.path)]}

    @router.get("/units", responses={200: {"content": {GEOJSON: {}}}})
    async def units(
        caller: Reader,
        request: Request,
        bbox: Annotated[str | None, Query(description="west,south,east,north in WGS-84 degrees")] = None,
        station: Annotated[str | None, Query(description="a node of the tree: its whole subtree")] = None,
        site_class: Annotated[SiteClass | None, Query(alias="class")] = None,
        duty: DutyState | None = None,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 200,
    ) -> Response:
        """Units with their duty, by id. A member or leader sees the own unit."""
        wanted = UnitFilter(
            subtree=subtree_of(directory, caller, station),
            unit_id=(caller.unit_id or "") if caller.role in _CREW else None,
            box=_box(bbox),
            site_class=site_class,
            duty=duty,
        )
        page = await find_units(wanted, read_cursor(cursor) or "", limit, directory, book)
        if GEOJSON in request.headers.get("accept", ""):
            features = [_feature(item) for item in page.items]
            response = JSONResponse({"type": "FeatureCollection", "features": features}, media_type=GEOJSON)
        else:
            response = JSONResponse({"items": [_unit(item) for item in page.items]})
        link_next(request, response, page.next_after)
        response.headers["Vary"] = "Accept"
        return response

    @router.get("/units/{unit_id}", responses={200: {"content": {GEOJSON: {}}}})
    async def unit(unit_id: str, caller: Reader, request: Request) -> Response:
        """One unit with its members, equipment, posts and duty."""
        found = directory.units.get(unit_id)
        if found is None or not caller.may_see(found.path) or (caller.role in _CREW and caller.unit_id != unit_id):
            raise Problem(404, "not-found")
        item = UnitOnDuty(directory.with_equipment(found), (await book.standings([unit_id]))[unit_id])
        if GEOJSON in request.headers.get("accept", ""):
            return JSONResponse(_feature(item), media_type=GEOJSON)
        site = directory.sites.get(found.site_id)
        posts = [] if site is None else [post.model_dump(mode="json") for post in site.posts]
        return JSONResponse({**_unit(item), "posts": posts})

    del stations, units, unit  # registered
    return router


def subtree_of(directory: Directory, caller: Principal, station: str | None) -> str:
    """The node that a caller names, else their own. Raises Problem 422 `unknown-station`, also of nodes elsewhere."""
    if station is None:
        return caller.path
    found = directory.stations.get(station)
    if found is None or not caller.may_see(found.path):
        raise Problem(422, "unknown-station", f"{station} is not registered in your part of the tree", field="station")
    return found.path


def _box(text: str | None) -> Box | None:
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise Problem(422, "invalid", "four numbers: west,south,east,north", field="bbox") from None
    if not (abs(west) <= 180 and abs(east) <= 180 and -90 <= south <= north <= 90):
        raise Problem(422, "invalid", "not a box on Earth", field="bbox")
    return Box(west, south, east, north)


def _unit(item: UnitOnDuty) -> dict[str, Any]:
    return {**item.unit.model_dump(mode="json"), "duty": _duty(item)}


def _duty(item: UnitOnDuty) -> dict[str, Any]:
    until = item.standing.until
    return {
        "state": item.standing.state.value,
        "until": None if until is None else until.isoformat(),
        "on_duty": [
            {"member_id": lease.member_id, "post_id": lease.post_id, "until": lease.until.isoformat()}
            for lease in item.standing.leases
        ],
    }


def _feature(item: UnitOnDuty) -> dict[str, Any]:
    properties = _unit(item)
    place = properties.pop("location")
    return {
        "type": "Feature",
        "id": item.unit.unit_id,
        "geometry": {"type": "Point", "coordinates": [place["lon"], place["lat"]]},
        "properties": properties,
    }
