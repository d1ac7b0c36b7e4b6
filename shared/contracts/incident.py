"""Incidents with their orders and stages: commands and events. The aggregate id is the incident's."""

from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.base import Body, Code, Id, Message, Path, Personal, Place, Time
from shared.contracts.playbook import Need, Playbook
from shared.vocabulary.terms import AssigneeKind, IncidentClass, OrderRole, Severity, SourceKind


class Source(Body):
    """Who reported."""

    kind: SourceKind
    id: Id


class Candidate(Body):
    """A unit that the matcher looked at, with the reasons for and against."""

    unit_id: Id
    station_id: Id
    chosen: bool
    role: OrderRole = OrderRole.RESPOND
    distance_m: float
    eta_s: float
    members_on_duty: int
    reasons: tuple[Code, ...] = Field(
        default=(),
        description="For: `nearest`, `named`. Against: `claimed`, `resting`, `position-stale`, `too-few-members`, "
        "`equipment-missing`, `capability-missing`, `threat-rule`, `already-asked`, `not-needed`, `claim-lapsed`; "
        "of who is asked for by name also `off-duty`, `below-quorum`, `suspended`.",
    )


class _IncidentCommand(Message):
    SERVICE: ClassVar[str] = "dispatch"
    KIND: ClassVar[Literal["command", "event", "state"]] = "command"
    incident_id: Id


class ReportIncident(_IncidentCommand):
    """Somebody asks for help. The playbook travels along: the decision must not depend on files."""

    incident_class: IncidentClass
    severity: Severity
    location: Place
    description: Personal = ""
    photo_url: Personal | None = None
    source: Source
    external_id: str | None = Field(default=None, max_length=200)
    station_id: Id
    path: Path
    playbook: Playbook
    drill: bool = False
    units: tuple[Id, ...] = Field(
        default=(), max_length=20, description="Whom the dispatcher picked: asked for by name, before anybody else."
    )
    by: Id


class RequestUnit(_IncidentCommand):
    """Somebody wants this unit, too. The matcher claims it like any other, or says why not."""

    unit_id: Id
    by: Id


class AssignUnits(_IncidentCommand):
    """The matcher's selection for one round; the claims are already made."""

    round: int = Field(ge=1)
    candidates: tuple[Candidate, ...]
    claimed_at: Time | None = Field(
        default=None, description="When the claims were made: a selection that comes too late is not followed."
    )


class _Answer(_IncidentCommand):
    order_id: Id
    by: Id
    by_assignee: Id | None = Field(description="The unit or station for which `by` may speak, from the token.")
    on_behalf: bool = Field(default=False, description="An officer or operator answers for a unit heard by radio.")


class AcknowledgeOrder(_Answer):
    """The assignee comes."""


class DeclineOrder(_Answer):
    """The assignee cannot come."""

    reason: Code


class ReportArrival(_Answer):
    """The assignee is there; checked against the position unless marked manual."""

    location: Place | None = None
    accuracy_m: float = Field(default=0, ge=0)
    manual: bool = False


class WithdrawOrder(_IncidentCommand):
    """A unit is stood down: by hand, or since it has two open orders, or since a real incident pre-empts a drill."""

    order_id: Id
    reason: Code
    by: Id
    replace: bool = Field(default=True, description="Look for somebody else in its place.")


class ReportSighting(_IncidentCommand):
    """Somebody has seen the person looked for, or what happens at the scene."""

    by: Id
    location: Place | None = None
    note: Personal = ""


class HandOver(_IncidentCommand):
    """The units hand the scene over, normally to the police."""

    by: Id
    to: Id
    note: Personal = ""


class ClearIncident(_IncidentCommand):
    """The incident is over."""

    by: Id
    outcome: Code
    note: Personal = ""


class CancelIncident(_IncidentCommand):
    """The report was wrong, or double."""

    by: Id
    reason: Code


class EscalateIncident(_IncidentCommand):
    """Somebody asks for more, without waiting for a deadline."""

    by: Id
    reason: Code


class _IncidentEvent(Message):
    SERVICE: ClassVar[str] = "dispatch"
    incident_id: Id
    station_id: Id
    path: Path
    drill: bool
    at: Time
    by: Id = Field(description="Who caused it: a person, a system, or `clock`.")


class IncidentReported(_IncidentEvent):
    """An incident is open."""

    incident_class: IncidentClass
    severity: Severity
    location: Place
    description: Personal
    photo_url: Personal | None
    source: Source
    external_id: str | None
    playbook: Playbook


class ReinforcementRequested(_IncidentEvent):
    """Units are needed; the matcher answers with `AssignUnits` for this round."""

    round: int
    stage: int
    need: Need
    observers_allowed: bool
    threat_members_min: int
    threat_equipment: tuple[Code, ...]
    location: Place
    exclude: tuple[Id, ...] = Field(description="Units that were already asked.")
    named: tuple[Id, ...] = Field(default=(), description="Only these, wherever they are: somebody chose them.")
    reason: Code = Field(
        description="`stage-started`, `declined`, `unanswered`, `assigned-elsewhere`, `short`, "
        "`escalated`, `claim-lapsed`; of those named: `picked` with the report, or `by-name` later."
    )


class UnitsConsidered(_IncidentEvent):
    """What the matcher saw, kept with its reasons; `missing` units could not be found."""

    round: int
    stage: int
    candidates: tuple[Candidate, ...]
    missing: int


class OrderIssued(_IncidentEvent):
    """An order (联动指令) to a unit or to the station's police."""

    order_id: Id
    round: int
    stage: int
    assignee_kind: AssigneeKind
    assignee_id: Id
    assignee_station_id: Id
    role: OrderRole
    location: Place
    incident_class: IncidentClass
    severity: Severity
    distance_m: float | None
    eta_s: float | None
    respond_by: Time


class _OrderEvent(_IncidentEvent):
    order_id: Id
    stage: int
    assignee_kind: AssigneeKind
    assignee_id: Id


class OrderAcknowledged(_OrderEvent):
    """The assignee comes."""

    on_behalf: bool
    after_s: float = Field(description="Seconds since the order was issued.")


class OrderDeclined(_OrderEvent):
    """The assignee cannot come; a substitute is looked for."""

    on_behalf: bool
    reason: Code


class OrderUnanswered(_OrderEvent):
    """Nobody answered in time; a substitute is looked for."""


class AssigneeArrived(_OrderEvent):
    """The assignee is at the scene."""

    on_behalf: bool
    manual: bool
    after_s: float = Field(description="Seconds since the incident was reported.")
    order_after_s: float = Field(description="Seconds since the order was issued.")


class OrderWithdrawn(_OrderEvent):
    """Stand down: the order ended before the assignee arrived."""

    reason: Code = Field(
        description="`stage-attained`, `handed-over`, `cleared`, `cancelled`, `assigned-elsewhere`, or a person's own."
    )
    for_good: bool = Field(default=False, description="Stood down by hand: nobody is looked for in its place.")


class OrderCompleted(_OrderEvent):
    """The assignee was there, and its part is over."""

    reason: Code
    for_good: bool = Field(default=False, description="Stood down by hand: nobody is looked for in its place.")


class StageAttained(_IncidentEvent):
    """What the stage asks for has happened; `in_time` says whether before its deadline."""

    stage: int
    after_s: float
    in_time: bool


class StageMissed(_IncidentEvent):
    """The stage's deadline passed first."""

    stage: int
    due: Time


class IncidentEscalated(_IncidentEvent):
    """More is asked for, and the next level is told."""

    level: int = Field(ge=1, description="1 tells the station, 2 the district, 3 the city.")
    reason: Code


class SightingReported(_IncidentEvent):
    """Something was seen."""

    location: Place | None
    note: Personal


class BroadcastOrdered(_IncidentEvent):
    """A search broadcast (协查) goes out."""

    broadcast_id: Id
    audiences: tuple[Code, ...]
    text: Personal
    photo_url: Personal | None


class BroadcastRecalled(_IncidentEvent):
    """The search is over everywhere."""

    broadcast_id: Id
    reason: Code


class HandedOver(_IncidentEvent):
    """Somebody else, normally the police, has the scene."""

    to: Id
    note: Personal


class IncidentCleared(_IncidentEvent):
    """Over."""

    outcome: Code
    note: Personal
    open_s: float


class IncidentCancelled(_IncidentEvent):
    """Was none."""

    reason: Code
