"""Every event says who caused it: the person, where it was one."""

from typing import get_args

import pytest

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
from shared.vocabulary.decisions import TimePassed
from tests.unit.dispatch.incidents import STATION, Timeline, playbook, police_stage, report, unit_stage

BOOK = playbook(unit_stage(3, count=2), police_stage())
ANSWER = {"incident_id": "i1", "order_id": "", "by": "somebody", "by_assignee": "u1"}
BY_PERSONS = {
    ReportIncident: report(BOOK, by="somebody"),
    RequestUnit: RequestUnit(incident_id="i1", unit_id="u9", by="somebody"),
    AcknowledgeOrder: AcknowledgeOrder(**ANSWER),
    DeclineOrder: DeclineOrder(**ANSWER, reason="busy"),
    ReportArrival: ReportArrival(**ANSWER, manual=True),
    WithdrawOrder: WithdrawOrder(incident_id="i1", order_id="", reason="unsafe", by="somebody"),
    ReportSighting: ReportSighting(incident_id="i1", by="somebody", note="seen"),
    HandOver: HandOver(incident_id="i1", by="somebody", to=STATION),
    ClearIncident: ClearIncident(incident_id="i1", by="somebody", outcome="resolved"),
    CancelIncident: CancelIncident(incident_id="i1", by="somebody", reason="double"),
    EscalateIncident: EscalateIncident(incident_id="i1", by="somebody", reason="worse"),
}


def test_every_command_is_a_persons_or_the_matchers() -> None:
    assert {*BY_PERSONS, AssignUnits} == set(get_args(Command))


@pytest.mark.parametrize("kind", BY_PERSONS, ids=lambda kind: kind.__name__)
def test_what_a_person_causes_is_theirs(kind: type[Command]) -> None:
    command = BY_PERSONS[kind]
    timeline = Timeline()
    if kind is not ReportIncident:
        timeline = Timeline.of(BOOK)
        timeline.assign("u1", "u2")
        timeline.acknowledge("u2")
    if hasattr(command, "order_id"):
        values = {name: getattr(command, name) for name in command.__dataclass_fields__}
        command = kind(**{**values, "order_id": timeline.order("u1").order_id})
    events = timeline.send(command)
    assert not isinstance(events, str)
    assert events
    assert {event.by for event in events} == {"somebody"}


def test_what_nobody_causes_is_the_clocks_or_the_matchers() -> None:
    timeline = Timeline.of(BOOK)
    assert {event.by for event in timeline.assign("u1", "u2")} == {"matcher"}
    assert {event.by for event in timeline.send(TimePassed(), 1000)} == {"clock"}
