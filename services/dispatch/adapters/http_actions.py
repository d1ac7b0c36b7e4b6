"""Routes: what assignees and officers do about an incident."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.dispatch.adapters.http_access import AnyActor, AnyOfficer, may_answer_for, place_of
from services.dispatch.adapters.http_models import (
    AnswerIn,
    ArriveIn,
    ClearIn,
    DeclineIn,
    HandOverIn,
    IncidentOut,
    ReasonIn,
)
from services.dispatch.adapters.http_parts import Parts
from services.dispatch.domain.state import Reported
from shared.contracts.base import Id, Place
from shared.contracts.incident import (
    AcknowledgeOrder,
    CancelIncident,
    ClearIncident,
    DeclineOrder,
    EscalateIncident,
    HandOver,
    ReportArrival,
)
from shared.platform.web.document import LATER
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role

ANSWER = AnswerIn()
DECLINE = DeclineIn()


def order_routes(parts: Parts) -> APIRouter:
    """`…/orders/{order}/acknowledge|decline|arrive`, by the assignee or on its behalf."""
    router = APIRouter(prefix="/dispatch/v1/incidents/{incident_id}/orders/{order_id}", responses=LATER)

    @router.post("/acknowledge", response_model=IncidentOut)
    async def acknowledge(
        request: Request, incident_id: Id, order_id: Id, principal: AnyActor, body: AnswerIn = ANSWER
    ) -> Response:
        """The assignee comes. Repeated, it changes nothing."""
        incident = await parts.visible(principal, incident_id)
        command = AcknowledgeOrder(**_answer(incident, order_id, principal, body))
        return await parts.submit(request, command, drill=incident.drill)

    @router.post("/decline", response_model=IncidentOut)
    async def decline(
        request: Request, incident_id: Id, order_id: Id, principal: AnyActor, body: DeclineIn = DECLINE
    ) -> Response:
        """The assignee cannot come; a substitute is looked for."""
        incident = await parts.visible(principal, incident_id)
        command = DeclineOrder(**_answer(incident, order_id, principal, body), reason=body.reason)
        return await parts.submit(request, command, drill=incident.drill)

    @router.post("/arrive", response_model=IncidentOut)
    async def arrive(request: Request, incident_id: Id, order_id: Id, body: ArriveIn, principal: AnyActor) -> Response:
        """The assignee is there. Checked against the position unless `manual`; 422 `not-at-scene`."""
        incident = await parts.visible(principal, incident_id)
        place = None if body.location is None else place_of(principal, body.location)
        command = ReportArrival(
            **_answer(incident, order_id, principal, body),
            location=None if place is None else Place(lon=place.lon, lat=place.lat),
            accuracy_m=0 if body.location is None else body.location.accuracy_m,
            manual=body.manual,
        )
        return await parts.submit(request, command, drill=incident.drill)

    del acknowledge, decline, arrive  # registered
    return router


def ending_routes(parts: Parts) -> APIRouter:
    """`…/handover|clear|cancel|escalate`."""
    router = APIRouter(prefix="/dispatch/v1/incidents/{incident_id}", responses=LATER)

    @router.post("/handover", response_model=IncidentOut)
    async def hand_over(request: Request, incident_id: Id, principal: AnyActor, body: HandOverIn) -> Response:
        """The units are done; somebody else has the scene."""
        incident = await parts.visible(principal, incident_id)
        to = body.to or incident.station_id
        command = HandOver(incident_id=incident_id, by=principal.subject, to=to, note=body.note)
        return await parts.submit(request, command, drill=incident.drill)

    @router.post("/escalate", response_model=IncidentOut)
    async def escalate(request: Request, incident_id: Id, principal: AnyActor, body: ReasonIn) -> Response:
        """More is needed, now."""
        incident = await parts.visible(principal, incident_id)
        command = EscalateIncident(incident_id=incident_id, by=principal.subject, reason=body.reason)
        return await parts.submit(request, command, drill=incident.drill)

    @router.post("/clear", response_model=IncidentOut)
    async def clear(request: Request, incident_id: Id, principal: AnyOfficer, body: ClearIn) -> Response:
        """It is over; every open order ends."""
        incident = await parts.owned(principal, incident_id)
        command = ClearIncident(incident_id=incident_id, by=principal.subject, outcome=body.outcome, note=body.note)
        return await parts.submit(request, command, drill=incident.drill)

    @router.post("/cancel", response_model=IncidentOut)
    async def cancel(request: Request, incident_id: Id, principal: AnyOfficer, body: ReasonIn) -> Response:
        """It was none, or is known already."""
        incident = await parts.owned(principal, incident_id)
        command = CancelIncident(incident_id=incident_id, by=principal.subject, reason=body.reason)
        return await parts.submit(request, command, drill=incident.drill)

    del hand_over, escalate, clear, cancel  # registered
    return router


def _answer(incident: Reported, order_id: Id, principal: Principal, body: AnswerIn) -> dict[str, Any]:
    if body.on_behalf and not may_answer_for(principal, incident, order_id):
        raise Problem(403, "forbidden", "only the officers of an incident or a unit answer for it", field="on_behalf")
    assignee = principal.station_id if principal.role is Role.OFFICER else principal.unit_id
    return {
        "incident_id": incident.incident_id,
        "order_id": order_id,
        "by": principal.subject,
        "by_assignee": assignee,
        "on_behalf": body.on_behalf,
    }
