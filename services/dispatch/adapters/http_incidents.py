"""Routes: reporting incidents, and reading them."""

import asyncio
import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime

from services.dispatch.adapters.http_access import IN_OFFICES, ON_PHONES, AnyActor, AnyReporter, place_of
from services.dispatch.adapters.http_models import (
    EventOut,
    IncidentOut,
    ReportIn,
    SightingIn,
    SightingOut,
    SourceIn,
    SummaryOut,
)
from services.dispatch.adapters.http_parts import SERVICE, Parts
from services.dispatch.adapters.incident_ledger import DECIDING
from services.dispatch.application.foresight import Foresight
from services.dispatch.application.incident_views import Position, Search, Status, Summary
from services.dispatch.application.ports import Home
from services.dispatch.application.report_incident import NoStation, Report, Reporter
from services.dispatch.domain import commands
from shared.contracts.base import Id, Place
from shared.contracts.incident import ReportIncident, ReportSighting, Source
from shared.platform.waiting import AWAY
from shared.platform.web.api import command_id, pending_response
from shared.platform.web.document import LATER, PAGED
from shared.platform.web.paging import link_next, match_cursor
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal
from shared.ports import Ids
from shared.vocabulary.ids import derived_id
from shared.vocabulary.organisation import is_path
from shared.vocabulary.terms import IncidentClass, Role, SourceKind

_AFTER_INCIDENT = re.compile(r"([0-9]{1,15}):([A-Za-z0-9._:-]{1,80})", re.ASCII)
_AFTER_EVENT = re.compile(r"[0-9]{1,9}", re.ASCII)

LOOKED_UP_WITHIN_S = 1.0

Limit = Annotated[int, Query(ge=1, le=200)]


def incident_routes(parts: Parts, foresight: Foresight, ids: Ids) -> APIRouter:
    """`/dispatch/v1/incidents` and what is below it, but for orders and endings."""
    router = APIRouter(prefix="/dispatch/v1/incidents")

    @router.post("", status_code=201, response_model=IncidentOut, responses=LATER)
    async def report(request: Request, body: ReportIn, principal: AnyReporter) -> Response:
        """201 with the incident. The same `external_id` of the same source is the same incident.

        Of `units`, those count that you may order: your own, and those near the scene. Which these are is looked up for
        a second at most; none count when it is not known by then.
        """
        key = command_id(request)
        fresh_id = derived_id("incident", key) if key else ids.new()
        try:
            command = await parts.desk.take(report_of(body, principal), reporter_of(principal), fresh_id)
        except NoStation as error:
            raise Problem(422, "no-station", field="location") from error
        if command.units:
            command = command.model_copy(update={"units": await _in_call(foresight, command, principal)})
        return await parts.submit(request, command, drill=command.drill, status=201)

    @router.get("", response_model=list[SummaryOut], responses=PAGED)
    async def listing(
        request: Request,
        response: Response,
        principal: AnyActor,
        station: Annotated[str | None, Query(description="A node's path, e.g. /440100/440106")] = None,
        status: Status = "any",
        incident_class: Annotated[IncidentClass | None, Query(alias="class")] = None,
        drill: bool | None = None,
        since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
        until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
        cursor: str | None = None,
        limit: Limit = 50,
    ) -> list[SummaryOut]:
        """Newest first, within the caller's subtree; units see those they had to do with."""
        search = Search(
            node=_node(principal, station),
            unit_id=(principal.unit_id or "") if principal.role in ON_PHONES else None,
            status=status,
            incident_class=incident_class,
            drill=drill,
            since=since,
            until=until,
        )
        page = await parts.views.find(search, _position(cursor), limit)
        link_next(request, response, None if page.next is None else f"{page.next[0]}:{page.next[1]}")
        return [_summary_out(summary) for summary in page.items]

    @router.get("/{incident_id}", response_model=IncidentOut)
    async def one(incident_id: Id, principal: AnyReporter) -> IncidentOut:
        """The incident as it is now."""
        return await parts.shown(await parts.visible(principal, incident_id))

    @router.get("/{incident_id}/events", response_model=list[EventOut], responses=PAGED)
    async def events(
        request: Request,
        response: Response,
        incident_id: Id,
        principal: AnyReporter,
        cursor: str | None = None,
        limit: Limit = 100,
    ) -> list[EventOut]:
        """Every step, with who, when and why, in order. Follows the incident within a moment."""
        await parts.visible(principal, incident_id)
        after = _sequence(cursor)
        found = await parts.views.events(incident_id, after, limit)
        link_next(request, response, str(after + limit) if len(found) == limit else None)
        return [EventOut.model_validate(event) for event in found]

    @router.post("/{incident_id}/sightings", status_code=201, response_model=SightingOut, responses=LATER)
    async def see(request: Request, incident_id: Id, body: SightingIn, principal: AnyActor) -> Response:
        """Anybody who got the broadcast may say what they saw, also who may not see the incident itself."""
        incident = await parts.known(incident_id)
        place = None if body.location is None else place_of(principal, body.location)
        command = ReportSighting(
            incident_id=incident_id,
            by=principal.subject,
            location=None if place is None else Place(lon=place.lon, lat=place.lat),
            note=body.note,
        )
        outcome = await parts.decided(request, command, drill=incident.drill)
        if outcome.status == "pending":
            return pending_response(SERVICE, outcome)
        return JSONResponse(SightingOut(incident_id=incident_id).model_dump(), 201)

    del report, listing, one, events, see  # registered
    return router


def report_of(body: ReportIn, principal: Principal) -> Report:
    """What was told. Raises 403 for what this caller may not say."""
    if body.units and principal.role not in IN_OFFICES:
        raise Problem(403, "forbidden", "only officers and operators pick units", field="units")
    return Report(
        incident_class=body.incident_class,
        severity=body.severity,
        location=place_of(principal, body.location),
        description=body.description,
        photo_url=body.photo_url,
        source=_source(body.source, principal),
        external_id=body.external_id,
        drill=body.drill,
        units=body.units,
    )


def _source(given: SourceIn | None, principal: Principal) -> Source:
    """Offices may report in another's name; units and partners only in their own."""
    match principal.role:
        case Role.LEADER | Role.MEMBER:
            own = Source(kind=SourceKind.UNIT, id=principal.unit_id or principal.subject)
        case Role.PARTNER:
            own = Source(kind=SourceKind.EXTERNAL, id=principal.subject)
        case _:
            if given is not None:
                return Source(kind=given.kind, id=given.id)
            return Source(kind=SourceKind.STATION, id=principal.station_id or principal.subject)
    if given is not None and (given.kind, given.id) != (own.kind, own.id):
        raise Problem(403, "forbidden", f"you report as {own.kind.value} {own.id}", field="source")
    return own


async def _in_call(foresight: Foresight, command: ReportIncident, principal: Principal) -> tuple[str, ...]:
    """A report does not wait for who was picked, nor fail for it."""
    try:
        async with asyncio.timeout(LOOKED_UP_WITHIN_S):
            return await foresight.in_call(as_decided(command), principal.path)
    except AWAY:
        return ()


def as_decided(command: ReportIncident) -> commands.ReportIncident:
    """The command as the decider reads it."""
    asked = DECIDING.commands_in.to_domain(command)
    assert isinstance(asked, commands.ReportIncident)
    return asked


def reporter_of(principal: Principal) -> Reporter:
    """Who told it."""
    own_station = principal.station_id if principal.role is Role.OFFICER else None
    home = None if own_station is None else Home(own_station, principal.path)
    return Reporter(principal.subject, principal.path, home)


def _node(principal: Principal, station: str | None) -> str:
    if station is None:
        return principal.path
    if not is_path(station):
        raise Problem(422, "invalid", "a path of codes like /440100/440106", field="station")
    if not principal.may_see(station):
        raise Problem(404, "not-found", field="station")
    return station


def _position(cursor: str | None) -> Position | None:
    found = match_cursor(cursor, _AFTER_INCIDENT)
    return None if found is None else (int(found[1]), found[2])


def _sequence(cursor: str | None) -> int:
    found = match_cursor(cursor, _AFTER_EVENT)
    return 0 if found is None else int(found[0])


def _summary_out(summary: Summary) -> SummaryOut:
    own = {
        "state": summary.state,
        "reported_at": summary.reported_at,
        "closed_at": summary.closed_at,
        "level": summary.level,
    }
    return SummaryOut.model_validate({**summary.report, **own})
