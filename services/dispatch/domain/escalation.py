"""Telling the next level, and asking for more."""

from services.dispatch.domain.commands import EscalateIncident
from services.dispatch.domain.events import IncidentEscalated, StageMissed
from services.dispatch.domain.reasons import ESCALATED, STAGE_MISSED
from services.dispatch.domain.reinforcement import request
from services.dispatch.domain.stages import start
from services.dispatch.domain.state import StageProgress
from services.dispatch.domain.story import Story
from shared.vocabulary.terms import AssigneeKind

CITY = 3


def tell_next_level(story: Story, reason: str) -> None:
    """Station, then district, then city; the city is told again when there is nobody above it."""
    level = min(story.incident.level + 1, CITY)
    story.tell(IncidentEscalated(**story.header(), level=level, reason=reason))


def miss(story: Story, progress: StageProgress) -> None:
    """The deadline has passed: say so, tell the next level, and look further away for one unit more."""
    stage = story.incident.playbook.stage(progress.number)
    story.tell(StageMissed(**story.header(), stage=stage.number, due=story.incident.due_at(stage)))
    tell_next_level(story, STAGE_MISSED)
    if stage.need.assignee is AssigneeKind.UNIT:
        request(story, progress, 1, ESCALATED, widened=True)


def escalate(story: Story, command: EscalateIncident) -> None:
    """Somebody asks for more: stages that would come later start now, or one unit more is looked for."""
    tell_next_level(story, command.reason)
    waiting = [progress for progress in story.incident.stages if progress.started_at is None]
    for progress in waiting:
        start(story, progress)
    if not waiting:
        _ask_for_one_more(story)


def _ask_for_one_more(story: Story) -> None:
    playbook = story.incident.playbook
    of_units = [p for p in story.incident.stages if playbook.stage(p.number).need.assignee is AssigneeKind.UNIT]
    if of_units:
        request(story, of_units[-1], 1, ESCALATED, widened=True)
