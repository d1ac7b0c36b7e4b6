"""What a command causes. Pure; `now` is the command record's time."""

from datetime import datetime
from typing import assert_never

from services.dispatch.domain.answers import answer, withdraw
from services.dispatch.domain.by_name import request_by_name
from services.dispatch.domain.closing import cancel, clear, hand_over
from services.dispatch.domain.commands import (
    AcknowledgeOrder,
    AssignUnits,
    CancelIncident,
    ClearIncident,
    Command,
    DeclineOrder,
    EscalateIncident,
    HandOver,
    ReportArrival,
    ReportIncident,
    ReportSighting,
    RequestUnit,
    WithdrawOrder,
)
from services.dispatch.domain.deadlines import pass_time
from services.dispatch.domain.escalation import escalate
from services.dispatch.domain.events import Event, SightingReported
from services.dispatch.domain.reasons import CLOCK, MATCHER
from services.dispatch.domain.reinforcement import assign
from services.dispatch.domain.report import report
from services.dispatch.domain.state import Closed, HandedOver, Incident, Open, Unreported
from services.dispatch.domain.story import Story
from shared.vocabulary.decisions import Accepted, Refused, TimePassed

UNKNOWN = Refused("incident-unknown", "no such incident was reported, or it was closed long ago")
CLOSED = Refused("incident-closed", "it was cleared or cancelled; a closed incident stays closed")
HANDED_OVER = Refused("incident-handed-over", "somebody else has the scene")
NOTHING: Accepted[Event] = Accepted(())
_FOR_MORE = RequestUnit | AssignUnits | HandOver | EscalateIncident


def decide(state: Incident, command: Command | TimePassed, now: datetime) -> Accepted[Event] | Refused:
    """Refusals: `incident-unknown`, `incident-closed`, `incident-handed-over`, `round-unknown`, `order-unknown`,
    `order-not-open`, `not-your-order`, `not-at-scene`, `already-arrived`, `already-ordered`, `no-unit-stage`,
    `not-a-units-order`.
    """
    match state:
        case Unreported():
            if isinstance(command, ReportIncident):
                return Accepted(report(command, now))
            return NOTHING if isinstance(command, TimePassed) else UNKNOWN
        case Closed():
            harmless = isinstance(command, TimePassed | ReportIncident)
            return NOTHING if harmless else CLOSED
        case Open() | HandedOver():
            if isinstance(state, HandedOver) and isinstance(command, _FOR_MORE):
                return HANDED_OVER
            story = Story(state, now, _author(command))
            return _unfold(story, command) or Accepted(story.events)
        case _:
            assert_never(state)


def _author(command: Command | TimePassed) -> str:
    match command:
        case TimePassed():
            return CLOCK
        case AssignUnits():
            return MATCHER
        case _:
            return command.by


def _unfold(story: Story, command: Command | TimePassed) -> Refused | None:
    match command:
        case ReportIncident():
            return None  # a repeat under the same external id
        case TimePassed():
            return pass_time(story)
        case RequestUnit():
            return request_by_name(story, command)
        case AssignUnits():
            return assign(story, command)
        case AcknowledgeOrder() | DeclineOrder() | ReportArrival():
            return answer(story, command)
        case WithdrawOrder():
            return withdraw(story, command)
        case ReportSighting():
            return story.tell(SightingReported(**story.header(), location=command.location, note=command.note))
        case HandOver():
            return hand_over(story, command)
        case ClearIncident():
            return clear(story, command)
        case CancelIncident():
            return cancel(story, command)
        case EscalateIncident():
            return escalate(story, command)
        case _:
            assert_never(command)
