"""Scenarios as data: who reports what, who is on duty and how they answer, what happens then, what must be seen."""

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from deploy.local.demo.places import NAMED_PLACES
from shared.contracts.base import Code, Id
from shared.vocabulary.terms import IncidentClass, Severity

SCENARIOS = Path(__file__).parents[3] / "tests" / "scenarios"

Manner = Literal["answers", "refuses", "late", "silent"]
UnitIds = tuple[Id, ...]
Seconds = Annotated[float, Field(gt=0, description="Of the scenario; a run plays them at a factor.")]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Scene(_Data):
    """A place by its key, and metres from its centre."""

    place: str
    east_m: float = 0
    north_m: float = 0

    @field_validator("place")
    @classmethod
    def _exists(cls, key: str) -> str:
        if key not in {place.key for place in NAMED_PLACES}:
            raise ValueError(f"there is no place {key}")
        return key


class Report(_Data):
    """What the station reports."""

    station: str
    incident_class: IncidentClass = Field(alias="class")
    severity: Severity
    scene: Scene
    description: str
    photo_url: str | None = None


class OnDuty(_Data):
    """A unit whose people have checked in, and how they answer an order. `post`: at which of the site's posts."""

    unit: Id
    people: int = Field(ge=1)
    post: int = 0
    manner: Manner
    after_s: Seconds = 5


class Police(_Data):
    """When the station's police answer their order and are there."""

    acknowledges_after_s: Seconds
    arrives_after_s: Seconds


class Count(_Data):
    """So many units, until then."""

    units: int
    within_s: Seconds


class Within(_Data):
    """Until then."""

    within_s: Seconds


class Told(_Data):
    """A unit's lead has a message of this purpose in the inbox."""

    unit: Id
    purpose: Literal["order", "broadcast", "recall"]
    within_s: Seconds


class LateAnswer(_Data):
    """A unit has answered an order that was no longer its own."""

    unit: Id
    within_s: Seconds


class Sighting(_Data):
    """The so-many-th person of a unit (from 1) reports what they see."""

    unit: Id
    person: int = Field(ge=1)
    note: str


class HandOver(_Data):
    """The units hand over to the police of the reporting station."""

    note: str


class Clear(_Data):
    """The station closes the incident."""

    outcome: Code
    note: str


class Step(_Data):
    """One thing that is waited for, or done. Exactly one is given."""

    acknowledged: Count | None = None
    arrived: Count | None = None
    police_arrived: Within | None = None
    told: Told | None = None
    answered_late: LateAnswer | None = None
    sighting: Sighting | None = None
    hand_over: HandOver | None = None
    clear: Clear | None = None

    @model_validator(mode="after")
    def _one(self) -> "Step":
        if len(self.model_fields_set) != 1:
            raise ValueError("a step is exactly one thing")
        return self


class Broadcast(_Data):
    """Who hears of a search, and of its recall."""

    units: UnitIds
    city_police: bool


class Expect(_Data):
    """What must be seen from the outside when it is over."""

    responders: UnitIds
    not_ordered: UnitIds = ()
    held_back: dict[Id, Code] = Field(default={}, description="Unit → the reason against it that must be on record.")
    declined: UnitIds = ()
    unanswered: UnitIds = ()
    acknowledged_within_s: Seconds
    police_ordered_within_s: float = Field(description="Real seconds: T0 is not played at a factor.")
    stages_in_time: tuple[int, ...]
    photo_told: UnitIds = ()
    not_told: UnitIds = ()
    broadcast: Broadcast | None = None


class DrillBefore(_Data):
    """A drill of the same kind runs when the report comes; this unit is in it, and is taken out of it."""

    unit: Id


class Scenario(_Data):
    """One scenario of DOMAIN.md."""

    id: str
    title: str
    drill_before: DrillBefore | None = None
    report: Report
    on_duty: tuple[OnDuty, ...]
    police: Police
    story: tuple[Step, ...]
    expect: Expect


def scenario(name: str, directory: Path = SCENARIOS) -> Scenario:
    """The scenario of that name. Raises FileNotFoundError, or ValidationError that names the field."""
    return Scenario.model_validate(yaml.safe_load((directory / f"{name}.yaml").read_text(encoding="utf-8")))
