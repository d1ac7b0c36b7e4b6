"""Hazards over HTTP: reporting them, putting them right, and looking at them."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime

from services.checkin.adapters.hazard_ledger import hazard_codec
from services.checkin.adapters.http_hazard_models import NOTE_MAX, HazardOut, HazardsOut, NoteIn, hazard_out
from services.checkin.adapters.http_registry_ready import registry_is_read
from services.checkin.adapters.http_units import CREW, subtree_of, unit_of
from services.checkin.application.directory import Directory
from services.checkin.application.hazards import (
    PHOTO_MAX,
    HazardBook,
    HazardDesk,
    HazardFilter,
    HazardPhotos,
    HazardReport,
    HazardReporter,
    Position,
)
from services.checkin.application.report_positions import AHEAD_MAX
from services.checkin.domain.hazards import HazardStatus, Known, Unknown
from shared.contracts.base import Id
from shared.contracts.hazard import RectifyHazard, VerifyHazard
from shared.platform.clock import SystemIds, from_ms, to_ms
from shared.platform.commands import CommandGateway
from shared.platform.outcomes import Outcome
from shared.platform.web.api import command_id, correlation_id, pending_response, refused
from shared.platform.web.audited import audited
from shared.platform.web.document import LATER, PAGED, TOO_OFTEN
from shared.platform.web.paging import link_next, match_cursor
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal, principal_with
from shared.ports import Clock
from shared.vocabulary.decisions import Refused
from shared.vocabulary.geography import Crs, to_wgs84
from shared.vocabulary.ids import derived_id
from shared.vocabulary.terms import HazardKind, Role

HAZARD_BODY_MAX = PHOTO_MAX + 100_000
PAGE_MAX = 200
KEPT_ON_A_PHONE = timedelta(days=366)
_PICTURES: dict[str, Any] = {
    kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/jpeg", "image/png", "image/webp")
}
_STATUS = {"photo-too-large": 413, "too-many-photos": 429}
_HEADERS = {"too-many-photos": {"Retry-After": "3600"}}

_POSITION = re.compile(r"([0-9]{1,14}):([A-Za-z0-9._:-]{1,80})", re.ASCII)  # 14 digits of ms: until the year 5138

Anybody = Annotated[Principal, Depends(principal_with(Role.OPERATOR, Role.OFFICER, *CREW))]
Police = Annotated[Principal, Depends(principal_with(Role.OPERATOR, Role.OFFICER))]


def hazard_routes(
    directory: Directory, book: HazardBook, photos: HazardPhotos, gateway: CommandGateway, clock: Clock
) -> APIRouter:
    """`/hazards` and what is below it."""
    ready = Depends(registry_is_read(directory))
    router = APIRouter(prefix="/checkin/v1/hazards", tags=["hazards"], dependencies=[ready])
    desk, ids = HazardDesk(directory, photos), SystemIds()

    @router.post("", status_code=201, response_model=HazardOut, responses={**LATER, **TOO_OFTEN})
    async def report(
        request: Request,
        caller: Anybody,
        unit_id: Annotated[Id, Form(description="At whose site it is.")],
        kind: Annotated[HazardKind, Form()],
        lon: Annotated[float, Form(ge=-180, le=180, allow_inf_nan=False)],
        lat: Annotated[float, Form(ge=-90, le=90, allow_inf_nan=False)],
        accuracy_m: Annotated[float, Form(ge=0, le=100_000, allow_inf_nan=False)],
        crs: Annotated[Crs | None, Form(description="Must be given.")] = None,
        note: Annotated[str, Form(max_length=NOTE_MAX)] = "",
        found_at: Annotated[AwareDatetime | None, Form(description="If it could not be sent at once.")] = None,
        photo: Annotated[
            UploadFile | None, File(description=f"JPEG, PNG or WebP of at most {PHOTO_MAX} bytes.")
        ] = None,
    ) -> Response:
        """Say what is dangerous where. 202 when the decision takes longer than 2 s."""
        if crs is None:
            raise Problem(422, "crs-required", "wgs84 or gcj02", field="crs")
        now = clock.now()
        told = HazardReport(
            unit_id=unit_id,
            kind=kind,
            note=note,
            location=to_wgs84(lon, lat, crs),
            accuracy_m=accuracy_m,
            photo=None if photo is None else await photo.read(),
            found_at=_found_at(found_at, now),
        )
        key = command_id(request)
        command = await desk.take(told, _reporter(caller), derived_id("hazard", key) if key else ids.new(), now)
        if isinstance(command, Refused):
            raise _problem(command)
        return _answer(await submit(request, command.hazard_id, command), 201)

    @router.get("", response_model=HazardsOut, responses=PAGED)
    async def listing(
        request: Request,
        response: Response,
        caller: Anybody,
        station: Annotated[Id | None, Query(description="a node of the tree: its whole subtree")] = None,
        status: HazardStatus | None = None,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
    ) -> HazardsOut:
        """The last reported first. A member or leader sees those of the own unit. Follows within a moment."""
        wanted = HazardFilter(subtree_of(directory, caller, station), unit_of(caller), status)
        found = await book.page(wanted, _position(cursor), limit + 1)
        last = found[limit - 1].report if len(found) > limit else None
        link_next(request, response, None if last is None else f"{to_ms(last.at)}:{last.hazard_id}")
        response.headers["Cache-Control"] = "no-store"
        return HazardsOut(items=[hazard_out(each) for each in found[:limit]])

    @router.get("/{hazard_id}", response_model=HazardOut)
    async def one(hazard_id: Id, caller: Anybody) -> HazardOut:
        """The hazard as it is now."""
        return hazard_out(await visible(caller, hazard_id))

    @router.get(
        "/{hazard_id}/photo",
        response_class=Response,
        responses={200: {"content": _PICTURES, "description": "As it was sent"}},
    )
    async def photo(request: Request, hazard_id: Id, caller: Anybody) -> Response:
        """The photo. It may show people, so that whoever looks is on record."""
        photo_id = (await visible(caller, hazard_id)).report.photo_id
        found = None if photo_id is None else await photos.find(photo_id)
        if found is None:
            raise Problem(404, "not-found")
        await audited(request, "hazard-photo-seen", hazard_id)
        return Response(found.content, media_type=found.content_type, headers=_OF_PHOTOS)

    @router.post("/{hazard_id}/rectify", response_model=HazardOut, responses=LATER)
    async def rectify(request: Request, hazard_id: Id, body: NoteIn, caller: Anybody) -> Response:
        """It is right now."""
        await visible(caller, hazard_id)
        command = RectifyHazard(hazard_id=hazard_id, by=caller.subject, note=body.note)
        return _answer(await submit(request, hazard_id, command), 200)

    @router.post("/{hazard_id}/verify", response_model=HazardOut, responses=LATER)
    async def verify(request: Request, hazard_id: Id, body: NoteIn, caller: Police) -> Response:
        """Somebody else than the one who put it right has seen that it is."""
        await visible(caller, hazard_id)
        command = VerifyHazard(hazard_id=hazard_id, by=caller.subject, note=body.note)
        return _answer(await submit(request, hazard_id, command), 200)

    async def visible(caller: Principal, hazard_id: str) -> Known:
        """As the decider last left it, which the list may not show yet; a verified one some day only there."""
        state = await gateway.state(hazard_id)
        live = Unknown() if state is None else hazard_codec.validate_json(state)
        found = await book.find(hazard_id) if isinstance(live, Unknown) else live
        if found is None and await gateway.is_lost(hazard_id):
            raise Problem(503, "unavailable", "hazards are being read again", headers={"Retry-After": "1"})
        if found is None or not _may_see(caller, found):
            raise Problem(404, "not-found")
        return found

    async def submit(request: Request, hazard_id: str, command: Any) -> Outcome:
        return await gateway.submit(hazard_id, command, command_id=command_id(request), correlation_id=correlation_id())

    del report, listing, one, photo, rectify, verify  # registered
    return router


_OF_PHOTOS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


def _reporter(caller: Principal) -> HazardReporter:
    return HazardReporter(caller.subject, caller.path, unit_of(caller))


def _may_see(caller: Principal, hazard: Known) -> bool:
    return caller.may_see(hazard.report.path) and unit_of(caller) in (None, hazard.report.unit_id)


def _found_at(given: datetime | None, now: datetime) -> datetime:
    """The phone's word for when it was."""
    at = given or now
    if at > now + AHEAD_MAX:
        raise Problem(422, "time-in-future", "the phone's clock is ahead", field="found_at")
    if at < now - KEPT_ON_A_PHONE:
        raise Problem(422, "invalid", "longer ago than a phone keeps it", field="found_at")
    return min(at, now).astimezone(UTC)


def _position(cursor: str | None) -> Position | None:
    found = match_cursor(cursor, _POSITION)
    return None if found is None else (from_ms(int(found[1])), found[2])


def _problem(refusal: Refused) -> Problem:
    field = "unit_id" if refusal.code == "unknown-unit" else "photo"
    status = _STATUS.get(refusal.code, 422)
    return Problem(status, refusal.code, refusal.detail, field=field, headers=_HEADERS.get(refusal.code))


def _answer(outcome: Outcome, status: int) -> Response:
    if outcome.status == "pending":
        return pending_response("checkin", outcome)
    hazard = Unknown() if outcome.state is None else hazard_codec.validate_json(outcome.state)
    if outcome.status == "refused" or isinstance(hazard, Unknown):
        raise refused(outcome)
    return JSONResponse(hazard_out(hazard).model_dump(mode="json"), status)
