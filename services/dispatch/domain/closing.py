"""Handing over, clearing, cancelling: every open order ends, and what was broadcast is recalled."""

from collections.abc import Iterable

from services.dispatch.domain.commands import CancelIncident, ClearIncident, HandOver
from services.dispatch.domain.events import (
    BroadcastRecalled,
    HandedOver,
    IncidentCancelled,
    IncidentCleared,
    OrderCompleted,
    OrderWithdrawn,
)
from services.dispatch.domain.orders import Arrived, OpenOrder
from services.dispatch.domain.reasons import CANCELLED, CLEARED, HANDED_OVER
from services.dispatch.domain.stages import attain
from services.dispatch.domain.story import Story
from shared.vocabulary.terms import AssigneeKind


def hand_over(story: Story, command: HandOver) -> None:
    """The units are done. Who takes the scene over is there: an open police stage is attained by it."""
    incident = story.incident
    _end(story, (o for o in incident.open_orders() if o.assignee_kind is AssigneeKind.UNIT), HANDED_OVER)
    for progress in incident.stages:
        stage = incident.playbook.stage(progress.number)
        if stage.need.assignee is AssigneeKind.POLICE and progress.attained_at is None:
            attain(story, stage)
    story.tell(HandedOver(**story.header(), to=command.to, note=command.note))


def clear(story: Story, command: ClearIncident) -> None:
    """The incident is over."""
    _end_everything(story, CLEARED)
    open_s = story.seconds_since(story.incident.reported_at)
    story.tell(IncidentCleared(**story.header(), outcome=command.outcome, note=command.note, open_s=open_s))


def cancel(story: Story, command: CancelIncident) -> None:
    """There was no incident, or it is known already."""
    _end_everything(story, CANCELLED)
    story.tell(IncidentCancelled(**story.header(), reason=command.reason))


def _end_everything(story: Story, reason: str) -> None:
    _end(story, story.incident.open_orders(), reason)
    broadcast_id = story.incident.broadcast_id
    if broadcast_id is not None:
        story.tell(BroadcastRecalled(**story.header(), broadcast_id=broadcast_id, reason=reason))


def _end(story: Story, orders: Iterable[OpenOrder], reason: str) -> None:
    for order in orders:
        ended = OrderCompleted if isinstance(order, Arrived) else OrderWithdrawn
        story.tell(ended(**story.order_header(order), reason=reason))
