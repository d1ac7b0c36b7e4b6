"""What is said over HTTP. Requests refuse unknown fields, so that a wrong one is named."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.dispatch.domain.orders import Order
from services.dispatch.domain.state import Reported, StageProgress
from shared.contracts.base import Code, Id
from shared.vocabulary.geography import Crs
from shared.vocabulary.terms import AssigneeKind, IncidentClass, OrderRole, Severity, SourceKind

Words = Annotated[str, StringConstraints(max_length=4000)]
Link = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://\S+$")]


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class LocationIn(_Request):
    """A place in degrees. Phones must say in which reference system: domestic map SDKs report GCJ-02."""

    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    accuracy_m: float = Field(default=0, ge=0, le=100_000, allow_inf_nan=False)
    crs: Crs | None = None


class SourceIn(_Request):
    """Who the report is from: needed only when that is not the caller."""

    kind: SourceKind
    id: Id


class ProposalIn(_Request):
    """What kind of incident, and where."""

    incident_class: IncidentClass = Field(alias="class")
    severity: Severity
    location: LocationIn
    drill: bool = False


class ReportIn(ProposalIn):
    """An incident."""

    description: Words = ""
    photo_url: Link | None = None
    source: SourceIn | None = None
    external_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        default=None, description="The incident's id in the reporting system; a repeat is harmless."
    )
    units: tuple[Id, ...] = Field(
        default=(), max_length=20, description="Asked for by name, before anybody else; officers and operators only."
    )


class AnswerIn(_Request):
    """`on_behalf`: officers and operators answer for a unit that they heard by radio."""

    on_behalf: bool = False


class DeclineIn(AnswerIn):
    """Why the assignee cannot come."""

    reason: Code = "unavailable"


class ArriveIn(AnswerIn):
    """Where the assignee is, or `manual` when the position is of no use."""

    location: LocationIn | None = None
    manual: bool = False


class SightingIn(_Request):
    """Something was seen."""

    location: LocationIn | None = None
    note: Words = ""


class HandOverIn(_Request):
    """`to`: the station or unit that takes the scene over; by default the incident's own station."""

    to: Id | None = None
    note: Words = ""


class ClearIn(_Request):
    """How it ended."""

    outcome: Code = "resolved"
    note: Words = ""


class ReasonIn(_Request):
    """Why an incident is cancelled or escalated."""

    reason: Code


class OrderIn(_Request):
    """Which unit is to come."""

    unit_id: Id


class WithdrawIn(ReasonIn):
    """Why a unit is stood down, and whether somebody else is looked for in its place."""

    replace: bool = False


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True, serialize_by_alias=True, populate_by_name=True)


class PlaceOut(_Answer):
    """WGS-84 degrees."""

    lon: float
    lat: float


class SourceOut(_Answer):
    """Who reported."""

    kind: SourceKind
    id: str


class OrderOut(_Answer):
    """An order and how far it is."""

    order_id: str
    round: int
    stage: int
    assignee_kind: AssigneeKind
    assignee_id: str
    assignee_station_id: str
    role: OrderRole
    status: Literal["issued", "acknowledged", "arrived", "declined", "unanswered", "withdrawn", "completed"]
    distance_m: float | None
    eta_s: float | None
    issued_at: datetime
    respond_by: datetime | None = None
    acknowledged_at: datetime | None = None
    arrived_at: datetime | None = None
    manual: bool | None = None
    ended_at: datetime | None = None
    reason: str | None = None


class StageOut(_Answer):
    """A stage of 1-3-5 and how far it is."""

    number: int
    meaning: str
    assignee: AssigneeKind
    count: int
    attained_by: Literal["acknowledged", "arrived"]
    starts_at: datetime
    due_at: datetime
    started_at: datetime | None
    attained_at: datetime | None
    in_time: bool | None
    missed_at: datetime | None


class PlaybookOut(_Answer):
    """Which playbook was frozen onto the incident."""

    playbook_id: str
    version: int
    name: str


class IncidentOut(_Answer):
    """An incident as it is now."""

    incident_id: str
    state: Literal["open", "handed-over", "closed"]
    incident_class: IncidentClass = Field(alias="class")
    severity: Severity
    drill: bool
    station_id: str
    path: str
    location: PlaceOut
    description: str | None = Field(default=None, description="Follows the report within a moment.")
    photo_url: str | None = None
    source: SourceOut
    external_id: str | None
    reported_at: datetime
    reported_by: str
    level: int
    playbook: PlaybookOut
    stages: tuple[StageOut, ...]
    orders: tuple[OrderOut, ...]
    handed_over_at: datetime | None = None
    handed_over_to: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    outcome: str | None = None
    cancelled: bool | None = None


class SummaryOut(_Answer):
    """An incident as lists show it."""

    incident_id: str
    state: Literal["open", "handed-over", "closed"]
    incident_class: IncidentClass = Field(alias="class")
    severity: Severity
    drill: bool
    station_id: str
    path: str
    location: PlaceOut
    description: str
    source: SourceOut
    external_id: str | None
    reported_at: datetime
    closed_at: datetime | None
    level: int


class ProposedOut(_Answer):
    """A unit near the scene. `stage`: for which it would be ordered at once; null for who would not be."""

    unit_id: str
    station_id: str
    lon: float
    lat: float
    distance_m: float
    eta_s: float
    members_on_duty: int
    role: OrderRole
    chosen: bool
    stage: int | None
    reasons: tuple[str, ...]


class ProposalOut(_Answer):
    """The nearest first."""

    candidates: list[ProposedOut]


class SightingOut(_Answer):
    """Thank you."""

    incident_id: str
    status: Literal["accepted"] = "accepted"


class EventOut(_Answer):
    """One event of an incident, as it is on the topic."""

    sequence: int
    id: str
    type: str
    time: datetime
    correlation_id: str
    data: dict[str, Any]


def incident_out(incident: Reported, told: dict[str, Any]) -> IncidentOut:
    """`told`: description and photo_url, which the live state does not keep."""
    stages = tuple(_stage(incident, progress) for progress in incident.stages)
    values = {name: getattr(incident, name) for name in incident.__dataclass_fields__}
    values |= {"stages": stages, "orders": tuple(_order(order) for order in incident.orders)}
    return IncidentOut.model_validate({**values, **told})


def _order(order: Order) -> OrderOut:
    return OrderOut.model_validate(order)


def _stage(incident: Reported, progress: StageProgress) -> StageOut:
    stage = incident.playbook.stage(progress.number)
    return StageOut(
        number=stage.number,
        meaning=stage.meaning,
        assignee=stage.need.assignee,
        count=stage.need.count,
        attained_by=stage.attained_by,
        starts_at=incident.reported_at + timedelta(seconds=stage.starts_after_s),
        due_at=incident.reported_at + timedelta(seconds=stage.due_after_s),
        started_at=progress.started_at,
        attained_at=progress.attained_at,
        in_time=progress.in_time,
        missed_at=progress.missed_at,
    )
