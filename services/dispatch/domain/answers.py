"""What assignees say to their orders, and what follows when they say nothing."""

from services.dispatch.domain.commands import AcknowledgeOrder, Answer, DeclineOrder, ReportArrival, WithdrawOrder
from services.dispatch.domain.escalation import tell_next_level
from services.dispatch.domain.events import (
    AssigneeArrived,
    OrderAcknowledged,
    OrderCompleted,
    OrderDeclined,
    OrderUnanswered,
    OrderWithdrawn,
)
from services.dispatch.domain.orders import Arrived, Ended, Issued, OpenOrder
from services.dispatch.domain.reasons import ASSIGNED_ELSEWHERE, DECLINED, POLICE_UNANSWERED, UNANSWERED
from services.dispatch.domain.reinforcement import substitute
from services.dispatch.domain.stages import settle
from services.dispatch.domain.state import Reported
from services.dispatch.domain.story import Story
from shared.vocabulary.decisions import Refused
from shared.vocabulary.geography import distance_m
from shared.vocabulary.terms import AssigneeKind, OrderRole


def answer(story: Story, command: Answer) -> Refused | None:
    """By the assignee itself, or on its behalf by who heard it on the radio."""
    order = _open_order(story.incident, command.order_id)
    if isinstance(order, Refused):
        return order
    if command.by_assignee != order.assignee_id and not command.on_behalf:
        return Refused("not-your-order", f"it is {order.assignee_id}'s")
    match command:
        case AcknowledgeOrder():
            return _acknowledge(story, order, command)
        case DeclineOrder():
            return _decline(story, order, command)
        case ReportArrival():
            return _arrive(story, order, command)


def withdraw(story: Story, command: WithdrawOrder) -> Refused | None:
    """A unit is stood down, and somebody else is looked for if that is wanted."""
    order = _open_order(story.incident, command.order_id)
    if isinstance(order, Refused):
        return order
    if order.assignee_kind is not AssigneeKind.UNIT:
        return Refused("not-a-units-order", "the police are stood down with the incident")
    ended = OrderCompleted if isinstance(order, Arrived) else OrderWithdrawn
    story.tell(ended(**story.order_header(order), reason=command.reason, for_good=not command.replace))
    if command.replace:
        _replace(story, order, ASSIGNED_ELSEWHERE)
    return None


def silence(story: Story, order: Issued) -> None:
    """Nobody answered in time. The police have no substitute: the next level is told, and they are asked again."""
    if order.assignee_kind is AssigneeKind.POLICE:
        tell_next_level(story, POLICE_UNANSWERED)
        return
    story.tell(OrderUnanswered(**story.order_header(order)))
    _replace(story, order, UNANSWERED)


def _open_order(incident: Reported, order_id: str) -> OpenOrder | Refused:
    order = incident.order(order_id)
    if order is None:
        return Refused("order-unknown", "this incident has no such order")
    if isinstance(order, Ended):
        return Refused("order-not-open", f"it is {order.status}")
    return order


def _acknowledge(story: Story, order: OpenOrder, command: Answer) -> None:
    if not isinstance(order, Issued):
        return
    story.tell(
        OrderAcknowledged(
            **story.order_header(order),
            on_behalf=_is_on_behalf(order, command),
            after_s=story.seconds_since(order.issued_at),
        )
    )
    settle(story, order.stage)


def _decline(story: Story, order: OpenOrder, command: DeclineOrder) -> Refused | None:
    if isinstance(order, Arrived):
        return Refused("already-arrived", "who is at the scene can only hand over")
    on_behalf = _is_on_behalf(order, command)
    story.tell(OrderDeclined(**story.order_header(order), on_behalf=on_behalf, reason=command.reason))
    if order.assignee_kind is AssigneeKind.POLICE:
        tell_next_level(story, DECLINED)
    else:
        _replace(story, order, DECLINED)
    return None


def _arrive(story: Story, order: OpenOrder, command: ReportArrival) -> Refused | None:
    if isinstance(order, Arrived):
        return None
    refused = None if command.manual else _not_at_scene(story.incident, command)
    if refused is not None:
        return refused
    on_behalf = _is_on_behalf(order, command)
    order_after_s = story.seconds_since(order.issued_at)
    if isinstance(order, Issued):
        story.tell(OrderAcknowledged(**story.order_header(order), on_behalf=on_behalf, after_s=order_after_s))
    story.tell(
        AssigneeArrived(
            **story.order_header(order),
            on_behalf=on_behalf,
            manual=command.manual,
            after_s=story.seconds_since(story.incident.reported_at),
            order_after_s=order_after_s,
        )
    )
    settle(story, order.stage)
    return None


def _not_at_scene(incident: Reported, command: ReportArrival) -> Refused | None:
    if command.location is None:
        return Refused("not-at-scene", "no position was given, and the arrival is not marked manual")
    away_m = distance_m(incident.location, command.location)
    if away_m <= incident.playbook.arrival_radius_m + command.accuracy_m:
        return None
    return Refused("not-at-scene", f"{away_m:.0f} m away")


def _replace(story: Story, order: OpenOrder, reason: str) -> None:
    if order.assignee_kind is AssigneeKind.UNIT and order.role is OrderRole.RESPOND:
        substitute(story, order.stage, reason)


def _is_on_behalf(order: OpenOrder, command: Answer) -> bool:
    return command.by_assignee != order.assignee_id
