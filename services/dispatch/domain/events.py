"""Events: the same names and fields as the contracts of those names."""

from dataclasses import dataclass
from datetime import datetime

from services.dispatch.domain.commands import Candidate, Source
from services.dispatch.domain.playbook import Need, Playbook
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import AssigneeKind, IncidentClass, OrderRole, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class _IncidentEvent:
    incident_id: str
    station_id: str
    path: str
    drill: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReported(_IncidentEvent):
    """An incident is open."""

    incident_class: IncidentClass
    severity: Severity
    location: Point
    description: str
    photo_url: str | None
    source: Source
    external_id: str | None
    playbook: Playbook


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinforcementRequested(_IncidentEvent):
    """Units are needed; the matcher answers with `AssignUnits` for this round."""

    round: int
    stage: int
    need: Need
    observers_allowed: bool
    threat_members_min: int
    threat_equipment: tuple[str, ...]
    location: Point
    exclude: tuple[str, ...]
    named: tuple[str, ...] = ()
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsConsidered(_IncidentEvent):
    """What the matcher saw; `missing` units could not be found."""

    round: int
    stage: int
    candidates: tuple[Candidate, ...]
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIssued(_IncidentEvent):
    """An order (联动指令) to a unit or to the station's police."""

    order_id: str
    round: int
    stage: int
    assignee_kind: AssigneeKind
    assignee_id: str
    assignee_station_id: str
    role: OrderRole
    location: Point
    incident_class: IncidentClass
    severity: Severity
    distance_m: float | None
    eta_s: float | None
    respond_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _OrderEvent(_IncidentEvent):
    order_id: str
    stage: int
    assignee_kind: AssigneeKind
    assignee_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAcknowledged(_OrderEvent):
    """The assignee comes."""

    on_behalf: bool
    after_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDeclined(_OrderEvent):
    """The assignee cannot come."""

    on_behalf: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderUnanswered(_OrderEvent):
    """Nobody answered in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssigneeArrived(_OrderEvent):
    """The assignee is at the scene."""

    on_behalf: bool
    manual: bool
    after_s: float
    order_after_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWithdrawn(_OrderEvent):
    """Stand down: the order ended before the assignee arrived. `for_good`: nobody is looked for in its place."""

    reason: str
    for_good: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCompleted(_OrderEvent):
    """The assignee was there, and its part is over. `for_good`: nobody is looked for in its place."""

    reason: str
    for_good: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StageAttained(_IncidentEvent):
    """What the stage asks for has happened."""

    stage: int
    after_s: float
    in_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMissed(_IncidentEvent):
    """The stage's deadline passed first."""

    stage: int
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEscalated(_IncidentEvent):
    """More is asked for, and the next level is told."""

    level: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingReported(_IncidentEvent):
    """Something was seen."""

    location: Point | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastOrdered(_IncidentEvent):
    """A search broadcast (协查) goes out."""

    broadcast_id: str
    audiences: tuple[str, ...]
    text: str
    photo_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastRecalled(_IncidentEvent):
    """The search is over everywhere."""

    broadcast_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(_IncidentEvent):
    """Somebody else has the scene."""

    to: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCleared(_IncidentEvent):
    """Over."""

    outcome: str
    note: str
    open_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCancelled(_IncidentEvent):
    """Was none."""

    reason: str


OrderEvent = OrderAcknowledged | OrderDeclined | OrderUnanswered | AssigneeArrived | OrderWithdrawn | OrderCompleted
Event = (
    IncidentReported
    | ReinforcementRequested
    | UnitsConsidered
    | OrderIssued
    | OrderEvent
    | StageAttained
    | StageMissed
    | IncidentEscalated
    | SightingReported
    | BroadcastOrdered
    | BroadcastRecalled
    | HandedOver
    | IncidentCleared
    | IncidentCancelled
)
