"""Playbooks (处置流程) are data; the one that applies is frozen onto the incident when it is reported."""

from typing import Literal

from pydantic import Field

from shared.contracts.base import Body, Code, Id, Name, Text
from shared.vocabulary.terms import AssigneeKind, EquipmentKind, IncidentClass, Severity


class Need(Body):
    """Whom a stage needs."""

    assignee: AssigneeKind
    count: int = Field(ge=1, le=50, description="Orders that must be answered for by different assignees.")
    members_min: int = Field(default=1, ge=1, le=100, description="People on duty a unit must have.")
    equipment: tuple[EquipmentKind, ...] = Field(default=(), description="Kinds a unit must have at hand.")
    capability: Code | None = None
    within_m: float = Field(default=3000, gt=0, le=100_000)


class Stage(Body):
    """A stage of 1-3-5: what must have happened how long after the report."""

    number: int = Field(ge=1, le=60, description="Its name in the field: 1, 3, 5, 10, 20.")
    meaning: Text
    starts_after_s: float = Field(default=0, ge=0, description="When its orders go out.")
    due_after_s: float = Field(gt=0)
    attained_by: Literal["acknowledged", "arrived"] = "arrived"
    need: Need


class Threat(Body):
    """The threat rule: never send two unarmed shopkeepers to a knife."""

    members_min: int = Field(default=1, ge=1)
    equipment: tuple[EquipmentKind, ...] = ()
    others_observe: bool = Field(
        default=False,
        description="Units below this may be sent to watch and report; otherwise they are not sent.",
    )


class Broadcast(Body):
    """A search broadcast (协查): to everybody on duty of these audiences."""

    audiences: tuple[Literal["station-units", "district-units", "city-units", "city-police"], ...]


class Playbook(Body):
    """What happens for one class of incidents at some severities."""

    playbook_id: Id
    version: int = Field(ge=1)
    name: Name
    incident_class: IncidentClass
    severities: tuple[Severity, ...]
    stages: tuple[Stage, ...] = Field(min_length=1)
    silence_s: float = Field(default=20, gt=0, description="An order not answered for so long is replaced.")
    retry_s: float = Field(default=15, gt=0, description="How long after finding too few units to look again.")
    rounds_max: int = Field(default=12, ge=1, le=100)
    widen_factor: float = Field(default=1.6, ge=1, le=10, description="How the ring grows from round to round.")
    arrival_radius_m: float = Field(default=150, gt=0)
    threat: Threat | None = None
    broadcast: Broadcast | None = None
    tell: tuple[Literal["station", "district", "city"], ...] = Field(
        default=("station",),
        description="Whose officers are told at the report; missed stages also tell the next level.",
    )
