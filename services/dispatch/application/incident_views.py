"""What can be read of incidents beside their live state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from shared.vocabulary.terms import IncidentClass

Status = Literal["any", "open", "handed-over", "closed"]
Position = tuple[int, str]
"""Where a list goes on: after the incident reported at this time (ms) with this id."""


@dataclass(frozen=True, slots=True)
class Summary:
    """An incident as lists show it. `report` is the body of its IncidentReported event."""

    incident_id: str
    state: Literal["open", "handed-over", "closed"]
    level: int
    reported_at: datetime
    closed_at: datetime | None
    report: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Search:
    """`node`: everything in this subtree of the organisation; `unit_id` instead: what this unit had to do with.

    The unit "" had to do with nothing.
    """

    node: str | None = None
    unit_id: str | None = None
    status: Status = "any"
    incident_class: IncidentClass | None = None
    drill: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first. `next` is None on the last page."""

    items: tuple[Summary, ...]
    next: Position | None


class IncidentViews(Protocol):
    """Lists of incidents, and their events. Follows the log within a moment."""

    async def find(self, search: Search, after: Position | None, limit: int) -> Page:
        """The next `limit` incidents of a search."""
        ...

    async def summary(self, incident_id: str) -> Summary | None:
        """One incident; None when it is not known (yet, or any more)."""
        ...

    async def events(self, incident_id: str, after: int, limit: int) -> Sequence[dict[str, Any]]:
        """Events with a sequence above `after`, in order: {sequence, id, type, time, correlation_id, data}."""
        ...
