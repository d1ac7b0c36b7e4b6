"""The playbook as the decider reads it: the same names and fields as the contract of that name."""

from dataclasses import dataclass
from typing import Literal

from shared.vocabulary.terms import AssigneeKind, EquipmentKind, IncidentClass, Severity

Audience = Literal["station-units", "district-units", "city-units", "city-police"]
Told = Literal["station", "district", "city"]


@dataclass(frozen=True, slots=True)
class Need:
    """Whom a stage needs. `within_m` is the ring that is searched first, in metres around the scene."""

    assignee: AssigneeKind
    count: int
    members_min: int = 1
    equipment: tuple[EquipmentKind, ...] = ()
    capability: str | None = None
    within_m: float = 3000


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of 1-3-5: what must have happened how many seconds after the report."""

    number: int
    meaning: str
    due_after_s: float
    need: Need
    starts_after_s: float = 0
    attained_by: Literal["acknowledged", "arrived"] = "arrived"


@dataclass(frozen=True, slots=True)
class Threat:
    """The threat rule: who is below it may at most observe."""

    members_min: int = 1
    equipment: tuple[EquipmentKind, ...] = ()
    others_observe: bool = False


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A search broadcast (协查)."""

    audiences: tuple[Audience, ...]


@dataclass(frozen=True, slots=True)
class Playbook:
    """What happens for one class of incidents; frozen onto the incident when it is reported. Times in seconds."""

    playbook_id: str
    version: int
    name: str
    incident_class: IncidentClass
    severities: tuple[Severity, ...]
    stages: tuple[Stage, ...]
    silence_s: float = 20
    retry_s: float = 15
    rounds_max: int = 12
    widen_factor: float = 1.6
    arrival_radius_m: float = 150
    threat: Threat | None = None
    broadcast: Broadcast | None = None
    tell: tuple[Told, ...] = ("station",)

    @property
    def reach_m(self) -> float:
        """The widest ring that a stage of units searches first, in metres around the scene."""
        rings = (stage.need.within_m for stage in self.stages if stage.need.assignee is AssigneeKind.UNIT)
        return max(rings, default=0)

    def stage(self, number: int) -> Stage:
        """The stage of this number; KeyError when there is none."""
        for stage in self.stages:
            if stage.number == number:
                return stage
        raise KeyError(number)
