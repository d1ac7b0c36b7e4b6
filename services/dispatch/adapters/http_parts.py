"""What the routes work with, and how a command's outcome is answered."""

from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from services.dispatch.adapters.http_access import may_end, may_see
from services.dispatch.adapters.http_models import IncidentOut, incident_out
from services.dispatch.adapters.live_incidents import INCIDENT_JSON
from services.dispatch.application.incident_views import IncidentViews
from services.dispatch.application.ports import LiveIncidents
from services.dispatch.application.report_incident import IncidentDesk
from services.dispatch.domain.state import Reported, Unreported
from shared.contracts.base import Message
from shared.contracts.incident import (
    AcknowledgeOrder,
    CancelIncident,
    ClearIncident,
    DeclineOrder,
    EscalateIncident,
    HandOver,
    ReportArrival,
    ReportIncident,
    ReportSighting,
    RequestUnit,
    WithdrawOrder,
)
from shared.platform.outcomes import Outcome
from shared.platform.web.api import command_id, correlation_id, pending_response, refused
from shared.platform.web.problems import Problem, Titles
from shared.platform.web.tokens import Principal

IncidentCommand = (
    ReportIncident
    | AcknowledgeOrder
    | DeclineOrder
    | ReportArrival
    | ReportSighting
    | RequestUnit
    | WithdrawOrder
    | HandOver
    | ClearIncident
    | CancelIncident
    | EscalateIncident
)

SERVICE = "dispatch"
TITLES: Titles = {
    "incident-unknown": ("没有这个警情", "No such incident"),
    "incident-closed": ("警情已结束", "The incident is closed"),
    "incident-handed-over": ("现场已移交", "The scene was handed over"),
    "order-unknown": ("没有这条指令", "No such order"),
    "order-not-open": ("指令已结束", "The order has ended"),
    "not-your-order": ("不是发给您的指令", "The order is not yours"),
    "not-at-scene": ("位置不在现场", "The position is not at the scene"),
    "already-arrived": ("已到达现场", "Already at the scene"),
    "no-station": ("找不到管辖派出所", "No station is known for the place"),
    "already-ordered": ("该单元已有本警情的指令", "The unit has an order of this incident"),
    "no-unit-stage": ("该处置流程不派单元", "This playbook sends no units"),
    "not-a-units-order": ("不是发给单元的指令", "The order is not a unit's"),
    "unit-unknown": ("没有这个单元", "No such unit"),
    "unit-busy": ("该单元另有任务", "The unit is needed elsewhere"),
    "unit-unavailable": ("该单元现在不能派", "The unit cannot be sent now"),
}
CONFLICT = 409
_STATUS = {"incident-unknown": 404, "order-unknown": 404, "not-your-order": 403, "not-at-scene": 422}


def status_of(code: str) -> int:
    """The status that a refusal is answered with."""
    return _STATUS.get(code, CONFLICT)


class Decisions(Protocol):
    """Who has commands decided, and knows what became of them: the command gateway."""

    async def submit(
        self,
        aggregate_id: str,
        body: Message,
        *,
        command_id: str | None = None,
        correlation_id: str,
        drill: bool = False,
    ) -> Outcome:
        """Durable on return; `pending` when the outcome is not known in time."""
        ...

    async def outcome(self, aggregate_id: str, command_id: str) -> Outcome | None:
        """None when it is not (or no longer) known."""
        ...


@dataclass(frozen=True)
class Parts:
    """Handed to the routes by the composition root."""

    gateway: Decisions
    incidents: LiveIncidents
    views: IncidentViews
    desk: IncidentDesk

    async def known(self, incident_id: str) -> Reported:
        """The incident. Raises 404 when there is none, 503 while live state is rebuilt."""
        incident = await self.incidents.incident(incident_id)
        if incident is None and await self.incidents.is_being_rebuilt(incident_id):
            raise Problem(503, "unavailable", "live state is being rebuilt", headers={"Retry-After": "1"})
        if incident is None or isinstance(incident, Unreported):
            raise Problem(404, "incident-unknown")
        return incident

    async def visible(self, principal: Principal, incident_id: str) -> Reported:
        """The incident. Raises 404 as well when it is not for this caller to see."""
        incident = await self.known(incident_id)
        if not may_see(principal, incident):
            raise Problem(404, "incident-unknown")
        return incident

    async def owned(self, principal: Principal, incident_id: str) -> Reported:
        """The incident. Raises 403 for who may see it but not end it."""
        incident = await self.visible(principal, incident_id)
        if not may_end(principal, incident):
            raise Problem(403, "forbidden", "it is another station's incident")
        return incident

    async def submit(self, request: Request, body: IncidentCommand, *, drill: bool, status: int = 200) -> Response:
        """Command the incident's decider, and answer with the incident as it then is."""
        outcome = await self.decided(request, body, drill=drill)
        if outcome.status == "pending":
            return pending_response(SERVICE, outcome)
        incident = INCIDENT_JSON.validate_json(outcome.state or "")
        assert not isinstance(incident, Unreported)
        shown = await self.shown(incident)
        headers = {"Location": f"/{SERVICE}/v1/incidents/{incident.incident_id}"}
        return JSONResponse(shown.model_dump(mode="json"), status, headers)

    async def decided(self, request: Request, body: IncidentCommand, *, drill: bool) -> Outcome:
        """What became of a command: accepted, or not known in time. A refusal is raised as the problem it is."""
        outcome = await self.gateway.submit(
            body.incident_id, body, command_id=command_id(request), correlation_id=correlation_id(), drill=drill
        )
        if outcome.status == "refused":
            raise refused(outcome, status_of(outcome.code or ""))
        return outcome

    async def shown(self, incident: Reported) -> IncidentOut:
        """The incident with what was told of it."""
        summary = await self.views.summary(incident.incident_id)
        told: dict[str, Any] = {}
        if summary is not None:
            told = {name: summary.report[name] for name in ("description", "photo_url")}
        return incident_out(incident, told)
