"""Stations and units, to be read."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from services.checkin.adapters.http_registry_ready import registry_is_read
from services.checkin.adapters.http_unit_models import (
    FEATURE,
    FEATURES,
    GEOJSON,
    StationsOut,
    UnitsOut,
    UnitWithPosts,
    feature_out,
    unit_out,
)
from services.checkin.application.directory import Directory
from services.checkin.application.find_units import UnitFilter, UnitOnDuty, find_units
from services.checkin.application.ports import DutyBook
from shared.contracts.base import Id
from shared.platform.web.document import PAGED
from shared.platform.web.paging import link_next, read_cursor
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal, principal_with
from shared.vocabulary.boxes import Box, BoxInvalid, parse_box
from shared.vocabulary.terms import DutyState, Role, SiteClass

PAGE_MAX = 1000
CREW = (Role.LEADER, Role.MEMBER)
_LOOKS_AFTER_ACCOUNTS = (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR)
_READERS = (Role.OPERATOR, Role.OFFICER, Role.PARTNER, *CREW)

Reader = Annotated[Principal, Depends(principal_with(*_READERS))]
TreeReader = Annotated[Principal, Depends(principal_with(*_READERS, *_LOOKS_AFTER_ACCOUNTS))]


def unit_routes(directory: Directory, book: DutyBook) -> APIRouter:
    """`/stations`, `/units` and `/units/{id}`."""
    ready = Depends(registry_is_read(directory))
    router = APIRouter(prefix="/checkin/v1", tags=["registry"], dependencies=[ready])

    @router.get("/stations", response_model=StationsOut)
    async def stations(caller: TreeReader) -> Response:
        """The caller's part of the tree, parents first."""
        seen = [station for station in directory.stations.values() if caller.may_see(station.path)]
        items = [station.model_dump(mode="json") for station in sorted(seen, key=lambda s: s.path)]
        return JSONResponse({"items": items})

    @router.get("/units", response_model=UnitsOut, responses={200: {**PAGED[200], **_as_geojson(FEATURES)}})
    async def units(
        caller: Reader,
        request: Request,
        bbox: Annotated[str | None, Query(description="west,south,east,north in WGS-84 degrees")] = None,
        station: Annotated[Id | None, Query(description="a node of the tree: its whole subtree")] = None,
        site_class: Annotated[SiteClass | None, Query(alias="class")] = None,
        duty: DutyState | None = None,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 200,
    ) -> Response:
        """Units with their duty, by id. A member or leader sees the own unit."""
        wanted = UnitFilter(
            subtree=subtree_of(directory, caller, station),
            unit_id=unit_of(caller),
            box=_box(bbox),
            site_class=site_class,
            duty=duty,
        )
        page = await find_units(wanted, read_cursor(cursor) or "", limit, directory, book)
        if GEOJSON in request.headers.get("accept", ""):
            features = [feature_out(item) for item in page.items]
            response = JSONResponse({"type": "FeatureCollection", "features": features}, media_type=GEOJSON)
        else:
            response = JSONResponse({"items": [unit_out(item) for item in page.items]})
        link_next(request, response, page.next_after)
        response.headers["Vary"] = "Accept"
        return response

    @router.get("/units/{unit_id}", response_model=UnitWithPosts, responses={200: _as_geojson(FEATURE)})
    async def unit(unit_id: Id, caller: Reader, request: Request) -> Response:
        """One unit with its members, equipment, posts and duty."""
        found = directory.units.get(unit_id)
        if found is None or not caller.may_see(found.path) or (caller.role in CREW and caller.unit_id != unit_id):
            raise Problem(404, "not-found")
        item = UnitOnDuty(directory.with_equipment(found), (await book.standings([unit_id]))[unit_id])
        if GEOJSON in request.headers.get("accept", ""):
            return JSONResponse(feature_out(item), media_type=GEOJSON)
        site = directory.sites.get(found.site_id)
        posts = [] if site is None else [post.model_dump(mode="json") for post in site.posts]
        return JSONResponse({**unit_out(item), "posts": posts})

    del stations, units, unit  # registered
    return router


def _as_geojson(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {GEOJSON: {"schema": schema}}}


def unit_of(caller: Principal) -> str | None:
    """The only unit that a member or leader has to do with, "" without one; None for who is not bound to a unit."""
    return (caller.unit_id or "") if caller.role in CREW else None


def subtree_of(directory: Directory, caller: Principal, station: str | None) -> str:
    """The node that a caller names, else their own. Raises Problem 422 `unknown-station`, also of nodes elsewhere."""
    if station is None:
        return caller.path
    found = directory.stations.get(station)
    if found is None or not caller.may_see(found.path):
        raise Problem(422, "unknown-station", f"{station} is not registered in your part of the tree", field="station")
    return found.path


def _box(text: str | None) -> Box | None:
    try:
        return None if text is None else parse_box(text)
    except BoxInvalid as error:
        raise Problem(422, "invalid", str(error), field="bbox") from error
