"""Everything that happens by itself. Deadlines are read off the state, so nothing has to be cancelled."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.dispatch.domain.answers import silence
from services.dispatch.domain.escalation import miss
from services.dispatch.domain.orders import Issued
from services.dispatch.domain.reasons import SHORT
from services.dispatch.domain.reinforcement import request
from services.dispatch.domain.stages import start
from services.dispatch.domain.state import Incident, Open, StageProgress
from services.dispatch.domain.story import Story


@dataclass(frozen=True, slots=True)
class _StageStarts:
    at: datetime
    progress: StageProgress


@dataclass(frozen=True, slots=True)
class _OrderUnanswered:
    at: datetime
    order: Issued


@dataclass(frozen=True, slots=True)
class _LookAgain:
    at: datetime
    progress: StageProgress


@dataclass(frozen=True, slots=True)
class _StageDue:
    at: datetime
    progress: StageProgress


_Deadline = _StageStarts | _OrderUnanswered | _LookAgain | _StageDue


def next_deadline(incident: Incident) -> datetime | None:
    """The earliest of them; None when the incident waits for people only."""
    return min((deadline.at for deadline in _deadlines(incident)), default=None)


def pass_time(story: Story) -> None:
    """Let everything happen that is due, the earliest first."""
    while due := [d for d in _deadlines(story.incident) if d.at <= story.now]:
        _fire(story, min(due, key=lambda deadline: deadline.at))


def _deadlines(incident: Incident) -> Iterator[_Deadline]:
    """In the order in which those of one moment fire: an order that is out is judged before its stage is."""
    if not isinstance(incident, Open):
        return
    for progress in incident.stages:
        if progress.started_at is None:
            yield _StageStarts(incident.starts_at(incident.playbook.stage(progress.number)), progress)
    for order in incident.orders:
        if isinstance(order, Issued) and order.respond_by is not None:
            yield _OrderUnanswered(order.respond_by, order)
    for progress in incident.stages:
        if progress.look_again_at is not None and incident.shortfall(progress) > 0:
            yield _LookAgain(progress.look_again_at, progress)
    for progress in incident.stages:
        if progress.attained_at is None and progress.missed_at is None:
            yield _StageDue(incident.due_at(incident.playbook.stage(progress.number)), progress)


def _fire(story: Story, deadline: _Deadline) -> None:
    match deadline:
        case _StageStarts():
            start(story, deadline.progress)
        case _OrderUnanswered():
            silence(story, deadline.order)
        case _LookAgain():
            request(story, deadline.progress, story.incident.shortfall(deadline.progress), SHORT, widened=True)
        case _StageDue():
            miss(story, deadline.progress)
