"""Routes: units that officers choose themselves, and whom the matcher would choose."""

from fastapi import APIRouter, Request, Response

from services.dispatch.adapters.http_access import AnyOfficer
from services.dispatch.adapters.http_incidents import as_decided, report_of, reporter_of
from services.dispatch.adapters.http_models import (
    IncidentOut,
    OrderIn,
    ProposalIn,
    ProposalOut,
    ProposedOut,
    ReportIn,
    WithdrawIn,
)
from services.dispatch.adapters.http_parts import CONFLICT, Parts, status_of
from services.dispatch.application.foresight import Foresight, Proposed
from services.dispatch.application.ports import ClaimsLost, Found
from services.dispatch.application.report_incident import NoStation
from services.dispatch.domain import commands
from shared.contracts.base import Id
from shared.contracts.incident import RequestUnit, WithdrawOrder
from shared.platform.web.document import LATER
from shared.platform.web.problems import Problem
from shared.vocabulary.decisions import Refused

ELSEWHERE = {"claimed", "resting"}


def unit_routes(parts: Parts, foresight: Foresight) -> APIRouter:
    """`/dispatch/v1/proposals`, `…/orders` and `…/orders/{order}/withdraw`."""
    router = APIRouter(prefix="/dispatch/v1")

    @router.post("/proposals", response_model=ProposalOut)
    async def propose(body: ProposalIn, principal: AnyOfficer) -> ProposalOut:
        """Whom the matcher would order at once for such an incident, and why not the others. Claims nobody."""
        like = ReportIn.model_validate(body.model_dump())
        try:
            command = await parts.desk.take(report_of(like, principal), reporter_of(principal), "proposal")
            proposed = await foresight.of_report(as_decided(command))
        except NoStation as error:
            raise Problem(422, "no-station", field="location") from error
        except ClaimsLost as error:
            raise _unavailable(error) from error
        return ProposalOut(candidates=[_proposed_out(each) for each in proposed])

    @router.post("/incidents/{incident_id}/orders", response_model=IncidentOut, responses=LATER)
    async def order(request: Request, incident_id: Id, body: OrderIn, principal: AnyOfficer) -> Response:
        """This unit too. It is claimed, and its order issued, within a moment; 409 says why it cannot be sent.

        Your own, or one near the scene: any other unit is as unknown as one that does not exist.
        """
        incident = await parts.owned(principal, incident_id)
        command = RequestUnit(incident_id=incident_id, unit_id=body.unit_id, by=principal.subject)
        try:
            asked = commands.RequestUnit(**command.model_dump())
            found = await foresight.of_unit(incident, asked, principal.path)
        except ClaimsLost as error:
            raise _unavailable(error) from error
        _raise_unless_free(found)
        return await parts.submit(request, command, drill=incident.drill)

    @router.post("/incidents/{incident_id}/orders/{order_id}/withdraw", response_model=IncidentOut, responses=LATER)
    async def withdraw(
        request: Request, incident_id: Id, order_id: Id, body: WithdrawIn, principal: AnyOfficer
    ) -> Response:
        """The unit is stood down. Nobody is looked for in its place unless that is wanted."""
        incident = await parts.owned(principal, incident_id)
        command = WithdrawOrder(
            incident_id=incident_id, order_id=order_id, reason=body.reason, by=principal.subject, replace=body.replace
        )
        return await parts.submit(request, command, drill=incident.drill)

    del propose, order, withdraw  # registered
    return router


def _raise_unless_free(found: Found | Refused | None) -> None:
    match found:
        case Refused():
            raise Problem(status_of(found.code), found.code, found.detail)
        case None:
            raise Problem(404, "unit-unknown", field="unit_id")
        case Found(chosen=False):
            code = "unit-busy" if ELSEWHERE.intersection(found.reasons) else "unit-unavailable"
            reasons = [{"field": "unit_id", "code": reason, "detail": ""} for reason in found.reasons]
            raise Problem(CONFLICT, code, ", ".join(found.reasons), field="unit_id", errors=reasons)
        case _:
            pass


def _unavailable(error: ClaimsLost) -> Problem:
    return Problem(503, "unavailable", str(error), headers={"Retry-After": "2"})


def _proposed_out(proposed: Proposed) -> ProposedOut:
    unit = proposed.unit
    return ProposedOut(
        unit_id=unit.unit_id,
        station_id=unit.station_id,
        lon=unit.place.lon,
        lat=unit.place.lat,
        distance_m=unit.distance_m,
        eta_s=proposed.eta_s,
        members_on_duty=unit.members_on_duty,
        role=unit.role,
        chosen=unit.chosen,
        stage=proposed.stage,
        reasons=unit.reasons,
    )
