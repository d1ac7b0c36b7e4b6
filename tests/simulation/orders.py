"""No unit serves two real incidents, and no stage is both attained in time and missed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.incident import (
    OrderCompleted,
    OrderDeclined,
    OrderIssued,
    OrderUnanswered,
    OrderWithdrawn,
    StageAttained,
    StageMissed,
)
from shared.vocabulary.terms import AssigneeKind
from tests.simulation.history import Course

ENDS = (OrderCompleted, OrderDeclined, OrderUnanswered, OrderWithdrawn)


@dataclass
class Held:
    """A unit's order, from its issue to its end; `end` None: it is open when all has come to rest."""

    unit_id: str
    order_id: str
    drill: bool
    begin: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Overlap:
    """Two real orders of one unit at once; `seconds` None: for good."""

    unit_id: str
    order_ids: tuple[str, str]
    seconds: float | None


def overlaps(course: Course) -> list[Overlap]:
    """Every two real orders that a unit had at once."""
    real = [held for held in _held(course).values() if not held.drill]
    found: list[Overlap] = []
    for number, one in enumerate(real):
        for other in real[number + 1 :]:
            if one.unit_id == other.unit_id and _meet(one, other):
                found.append(Overlap(one.unit_id, (one.order_id, other.order_id), _seconds(one, other)))
    return found


def one_order_a_unit(course: Course) -> Iterator[str]:
    """No two real ones for a moment; and at rest no two at all, not even of a drill."""
    for overlap in overlaps(course):
        length = "for good" if overlap.seconds is None else f"for {overlap.seconds} s"
        yield f"{overlap.unit_id} had two orders {length}: {overlap.order_ids}"
    open_by_unit: dict[str, list[str]] = {}
    for held in _held(course).values():
        if held.end is None:
            open_by_unit.setdefault(held.unit_id, []).append(held.order_id)
    yield from (f"{unit} is left with {len(left)} orders: {left}" for unit, left in open_by_unit.items() if left[1:])


def stages_do_not_contradict_themselves(course: Course) -> Iterator[str]:
    """Attained at most once, missed at most once; in time means not missed, and late means missed before."""
    for subject, events in course.events.items():
        seen: dict[int, list[str]] = {}
        for event in events:
            match event.body:
                case StageMissed():
                    seen.setdefault(event.body.stage, []).append("missed")
                case StageAttained():
                    seen.setdefault(event.body.stage, []).append("in time" if event.body.in_time else "late")
                case _:
                    pass
        for stage, fates in seen.items():
            if fates not in (["missed"], ["in time"], ["missed", "late"], ["late"]):
                yield f"stage {stage} of {subject} was {', then '.join(fates)}"


def _held(course: Course) -> dict[str, Held]:
    held: dict[str, Held] = {}
    for events in course.events.values():
        for event in events:
            match event.body:
                case OrderIssued(assignee_kind=AssigneeKind.UNIT) as issued:
                    held[issued.order_id] = Held(issued.assignee_id, issued.order_id, issued.drill, issued.at)
                case body if isinstance(body, ENDS) and body.order_id in held:
                    held[body.order_id].end = body.at
                case _:
                    pass
    return held


def _meet(one: Held, other: Held) -> bool:
    return (one.end is None or other.begin < one.end) and (other.end is None or one.begin < other.end)


def _seconds(one: Held, other: Held) -> float | None:
    ends = [end for end in (one.end, other.end) if end is not None]
    return (min(ends) - max(one.begin, other.begin)).total_seconds() if ends else None
