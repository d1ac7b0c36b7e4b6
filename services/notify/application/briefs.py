"""What the planner must remember of an incident to tell people about it: a fold of the incident's events."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from shared.contracts.base import Message
from shared.contracts.incident import (
    AssigneeArrived,
    BroadcastOrdered,
    IncidentEscalated,
    IncidentReported,
    OrderCompleted,
)
from shared.vocabulary.terms import AssigneeKind

LEVELS = ("station", "district", "city")
_WHOLE = ("cleared", "cancelled")


@dataclass(frozen=True, slots=True)
class Brief:
    """`description` and `photo_url` are personal; they are kept as long as the brief, 30 days."""

    incident_class: str = ""
    severity: str = ""
    description: str = ""
    photo_url: str | None = None
    told: tuple[str, ...] = ()
    """The levels whose officers have been told."""
    at_scene: tuple[str, ...] = ()
    """Units that arrived and whose part was not over before the incident was."""
    audiences: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Of each broadcast."""


class Briefs(Protocol):
    """Briefs by incident, at least as new as the event that is being planned for."""

    async def find(self, incident_id: str) -> Brief:
        """An empty one when the incident is not known (any more)."""
        ...


def fold(brief: Brief, event: Message) -> Brief:
    """The brief after an event of its incident. An event folded twice changes nothing."""
    match event:
        case IncidentReported():
            return replace(
                brief,
                incident_class=event.incident_class.value,
                severity=event.severity.value,
                description=event.description,
                photo_url=event.photo_url,
                told=_with(brief.told, *event.playbook.tell),
            )
        case IncidentEscalated():
            return replace(brief, told=_with(brief.told, level_of(event)))
        case AssigneeArrived(assignee_kind=AssigneeKind.UNIT):
            return replace(brief, at_scene=_with(brief.at_scene, event.assignee_id))
        case OrderCompleted(assignee_kind=AssigneeKind.UNIT) if event.reason not in _WHOLE:
            return replace(brief, at_scene=tuple(unit for unit in brief.at_scene if unit != event.assignee_id))
        case BroadcastOrdered():
            return replace(brief, audiences={**brief.audiences, event.broadcast_id: tuple(event.audiences)})
        case _:
            return brief


def level_of(event: IncidentEscalated) -> str:
    """1 tells the station, 2 the district, 3 and more the city."""
    return LEVELS[min(event.level, len(LEVELS)) - 1]


def _with(known: tuple[str, ...], *more: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *more)))
