"""Commands: the same names and fields as the contracts of those names."""

from dataclasses import dataclass
from datetime import datetime

from services.dispatch.domain.playbook import Playbook
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import IncidentClass, OrderRole, Severity, SourceKind


@dataclass(frozen=True, slots=True)
class Source:
    """Who reported."""

    kind: SourceKind
    id: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that the matcher looked at, with the reasons for and against."""

    unit_id: str
    station_id: str
    chosen: bool
    distance_m: float
    eta_s: float
    members_on_duty: int
    role: OrderRole = OrderRole.RESPOND
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportIncident:
    """Somebody asks for help."""

    incident_id: str
    incident_class: IncidentClass
    severity: Severity
    location: Point
    description: str = ""
    photo_url: str | None = None
    source: Source
    external_id: str | None = None
    station_id: str
    path: str
    playbook: Playbook
    drill: bool = False
    units: tuple[str, ...] = ()
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestUnit:
    """Somebody wants this unit, too."""

    incident_id: str
    unit_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignUnits:
    """The matcher's selection for one round; the claims are already made."""

    incident_id: str
    round: int
    candidates: tuple[Candidate, ...]
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    incident_id: str
    order_id: str
    by: str
    by_assignee: str | None
    on_behalf: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeOrder(_Answer):
    """The assignee comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineOrder(_Answer):
    """The assignee cannot come."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportArrival(_Answer):
    """The assignee is there. `accuracy_m`: metres."""

    location: Point | None = None
    accuracy_m: float = 0
    manual: bool = False


Answer = AcknowledgeOrder | DeclineOrder | ReportArrival


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOrder:
    """A unit is stood down, by hand or since it is needed elsewhere."""

    incident_id: str
    order_id: str
    reason: str
    by: str
    replace: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSighting:
    """Somebody has seen the person looked for, or what happens at the scene."""

    incident_id: str
    by: str
    location: Point | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """The units hand the scene over, normally to the police."""

    incident_id: str
    by: str
    to: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearIncident:
    """The incident is over."""

    incident_id: str
    by: str
    outcome: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelIncident:
    """The report was wrong, or double."""

    incident_id: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalateIncident:
    """Somebody asks for more, without waiting for a deadline."""

    incident_id: str
    by: str
    reason: str


Command = (
    ReportIncident
    | RequestUnit
    | AssignUnits
    | AcknowledgeOrder
    | DeclineOrder
    | ReportArrival
    | WithdrawOrder
    | ReportSighting
    | HandOver
    | ClearIncident
    | CancelIncident
    | EscalateIncident
)
