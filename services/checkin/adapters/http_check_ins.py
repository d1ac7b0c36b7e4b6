"""Check-ins and check-outs."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.checkin.adapters.duty_ledger import duty_codec
from services.checkin.adapters.http_registry_ready import registry_is_read
from services.checkin.application.check_in import CheckInDesk, Scan
from services.checkin.application.directory import Directory
from services.checkin.application.report_positions import AHEAD_MAX
from services.checkin.domain.codes import EXPIRED
from services.checkin.domain.decide import NOT_ON_DUTY, SCAN_GOOD_FOR
from services.checkin.domain.state import standing
from shared.contracts.duty import CheckOut
from shared.platform.commands import CommandGateway
from shared.platform.outcomes import Outcome
from shared.platform.web.api import command_id, correlation_id, pending_response, refused
from shared.platform.web.document import LATER, TOO_OFTEN
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal, principal_with
from shared.ports import Clock
from shared.vocabulary.decisions import Refused
from shared.vocabulary.geography import Crs, to_wgs84
from shared.vocabulary.terms import DutyState, Role

_STRICT = ConfigDict(extra="forbid")
_FIELDS = {"not-a-member": "unit_id", "code-expired": "code", "code-invalid": "code", "outside-geofence": "location"}
PIN_RETRY_S = 900

OnTheSpot = Annotated[Principal, Depends(principal_with(Role.MEMBER, Role.LEADER))]


class Location(BaseModel):
    """Where the phone says it is. `crs` must be declared: domestic map SDKs report GCJ-02."""

    model_config = _STRICT
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    accuracy_m: float = Field(ge=0, allow_inf_nan=False)
    crs: Crs | None = None


class CheckInRequest(BaseModel):
    """`pin`: with a printed code only. `scanned_at`: when the phone read the code, if it could not send it at once."""

    model_config = _STRICT
    unit_id: str = Field(min_length=1, max_length=80)
    code: str = Field(min_length=1, max_length=40)
    pin: str | None = Field(default=None, min_length=1, max_length=20)
    location: Location
    scanned_at: AwareDatetime | None = None


class CheckOutRequest(BaseModel):
    """The caller leaves."""

    model_config = _STRICT
    unit_id: str = Field(min_length=1, max_length=80)


class DutyAnswer(BaseModel):
    """`state` is the unit's, until `unit_until` if nobody renews; `until` ends the caller's own duty."""

    unit_id: str
    member_id: str
    state: DutyState
    until: datetime | None
    unit_until: datetime | None
    on_duty: list[str]


def check_in_routes(desk: CheckInDesk, gateway: CommandGateway, directory: Directory, clock: Clock) -> APIRouter:
    """`/check-ins` and `/check-outs`."""
    ready = Depends(registry_is_read(directory))
    router = APIRouter(prefix="/checkin/v1", tags=["duty"], dependencies=[ready])

    @router.post("/check-ins", status_code=201, response_model=DutyAnswer, responses={**LATER, **TOO_OFTEN})
    async def check_in(body: CheckInRequest, caller: OnTheSpot, request: Request) -> Response:
        """Go on duty, or renew it. 202 when the decision takes longer than 2 s."""
        now = clock.now()
        scan = _scan(body, caller, now)
        verified = EXPIRED if scan.scanned_at < now - SCAN_GOOD_FOR else await desk.verify(scan)
        if isinstance(verified, Refused):
            earlier = await _earlier(gateway, body.unit_id, command_id(request))
            if earlier is None:
                raise _problem(verified)
            return _answer(earlier, caller)
        outcome = await gateway.submit(
            body.unit_id, verified, command_id=command_id(request), correlation_id=correlation_id()
        )
        return _answer(outcome, caller)

    @router.post("/check-outs", status_code=201, response_model=DutyAnswer, responses=LATER)
    async def check_out(body: CheckOutRequest, caller: OnTheSpot, request: Request) -> Response:
        """Go off duty."""
        if body.unit_id not in directory.units:
            raise _problem(NOT_ON_DUTY)
        command = CheckOut(unit_id=body.unit_id, member_id=caller.subject)
        outcome = await gateway.submit(
            body.unit_id, command, command_id=command_id(request), correlation_id=correlation_id()
        )
        return _answer(outcome, caller)

    del check_in, check_out  # registered
    return router


async def _earlier(gateway: CommandGateway, unit_id: str, command: str | None) -> Outcome | None:
    """What this very request came to when it was first sent: it is answered so again, though its code is old by now."""
    outcome = None if command is None else await gateway.outcome(unit_id, command)
    return outcome if outcome is not None and outcome.status == "accepted" else None


def _scan(body: CheckInRequest, caller: Principal, now: datetime) -> Scan:
    place = body.location
    if place.crs is None:
        raise Problem(422, "crs-required", "wgs84 or gcj02", field="location.crs")
    location = to_wgs84(place.lon, place.lat, place.crs)
    return Scan(body.unit_id, caller.subject, body.code, body.pin, location, place.accuracy_m, _scanned_at(body, now))


def _scanned_at(body: CheckInRequest, now: datetime) -> datetime:
    """The phone's word for when it was."""
    at = body.scanned_at or now
    if at > now + AHEAD_MAX:
        raise Problem(422, "time-in-future", "the phone's clock is ahead", field="scanned_at")
    return min(at, now)


def _problem(refusal: Refused) -> Problem:
    if refusal.code == "too-many-attempts":
        return Problem(429, refusal.code, refusal.detail, headers={"Retry-After": str(PIN_RETRY_S)})
    return Problem(422, refusal.code, refusal.detail, field=_FIELDS.get(refusal.code))


def _answer(outcome: Outcome, caller: Principal) -> Response:
    if outcome.status == "pending":
        return pending_response("checkin", outcome)
    if outcome.status == "refused" or outcome.state is None:
        raise refused(outcome)
    stands = standing(duty_codec.validate_json(outcome.state))
    own = next((lease.until for lease in stands.leases if lease.member_id == caller.subject), None)
    answer = DutyAnswer(
        unit_id=outcome.aggregate_id,
        member_id=caller.subject,
        state=stands.state,
        until=own,
        unit_until=stands.until,
        on_duty=[lease.member_id for lease in stands.leases],
    )
    return JSONResponse(answer.model_dump(mode="json"), 201)
