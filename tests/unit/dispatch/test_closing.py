"""Handing over, clearing, cancelling; and that nothing leaves a closed incident."""

from datetime import timedelta

import pytest

from services.dispatch.domain.commands import (
    AssignUnits,
    CancelIncident,
    ClearIncident,
    Command,
    EscalateIncident,
    HandOver,
    ReportSighting,
    WithdrawOrder,
)
from services.dispatch.domain.events import (
    BroadcastRecalled,
    IncidentCancelled,
    IncidentCleared,
    OrderCompleted,
    OrderWithdrawn,
    SightingReported,
    StageAttained,
)
from services.dispatch.domain.rules import due, keep_for
from services.dispatch.domain.state import Closed, HandedOver
from shared.vocabulary.decisions import TimePassed
from tests.unit.dispatch.incidents import (
    BROADCAST,
    STATION,
    Timeline,
    names,
    playbook,
    police_stage,
    report,
    unit_stage,
)

HAND_OVER = HandOver(incident_id="i1", by="leader-1", to=STATION)
CLEAR = ClearIncident(incident_id="i1", by="officer-1", outcome="resolved")
CANCEL = CancelIncident(incident_id="i1", by="officer-1", reason="false-alarm")


def in_full_swing() -> Timeline:
    """u1 has arrived, u2 has acknowledged, u3 and the police have not answered; a broadcast is out."""
    timeline = Timeline.of(playbook(unit_stage(3, count=3), police_stage(), broadcast=BROADCAST))
    timeline.assign("u1", "u2", "u3")
    timeline.arrive("u1")
    timeline.acknowledge("u2")
    timeline.seconds = 10
    return timeline


def test_handing_over_ends_the_units_orders_and_attains_the_police_stage() -> None:
    timeline = in_full_swing()
    assert names(timeline.send(HAND_OVER)) == [
        "OrderCompleted",
        "OrderWithdrawn",
        "OrderWithdrawn",
        "StageAttained",
        "HandedOver",
    ]
    assert isinstance(timeline.state, HandedOver)
    assert timeline.told(OrderCompleted)[0].assignee_id == "u1"
    assert [e.stage for e in timeline.told(StageAttained)] == [5]
    assert {e.reason for e in timeline.told(OrderWithdrawn)} == {"handed-over"}


def test_after_handing_over_time_changes_nothing() -> None:
    timeline = in_full_swing()
    timeline.send(HAND_OVER)
    assert due(timeline.state) is None
    assert timeline.send(TimePassed(), 10_000) == ()


@pytest.mark.parametrize(
    "command",
    [
        HAND_OVER,
        EscalateIncident(incident_id="i1", by="o", reason="more"),
        AssignUnits(incident_id="i1", round=1, candidates=()),
    ],
)
def test_after_handing_over_no_more_units_are_sent(command: Command) -> None:
    timeline = in_full_swing()
    timeline.send(HAND_OVER)
    assert timeline.send(command) == "incident-handed-over"


def test_the_police_may_still_answer_after_the_units_handed_over() -> None:
    timeline = in_full_swing()
    timeline.send(HAND_OVER)
    assert names(timeline.arrive(STATION)) == ["OrderAcknowledged", "AssigneeArrived"]


@pytest.mark.parametrize(
    ("command", "last", "reason"), [(CLEAR, IncidentCleared, "cleared"), (CANCEL, IncidentCancelled, "cancelled")]
)
def test_closing_ends_every_open_order_and_recalls_the_broadcast(command: Command, last: type, reason: str) -> None:
    timeline = in_full_swing()
    events = timeline.send(command)
    assert names(events)[-2:] == ["BroadcastRecalled", last.__name__]
    assert {e.assignee_id for e in timeline.told(OrderCompleted)} == {"u1"}
    assert {e.assignee_id for e in timeline.told(OrderWithdrawn)} == {"u2", "u3", STATION}
    assert {e.reason for e in [*timeline.told(OrderWithdrawn), *timeline.told(BroadcastRecalled)]} == {reason}
    assert isinstance(timeline.state, Closed)
    assert timeline.state.open_orders() == ()


def test_what_was_handed_over_can_be_cleared() -> None:
    timeline = in_full_swing()
    timeline.send(HAND_OVER)
    timeline.send(CLEAR, 500)
    assert isinstance(timeline.state, Closed)
    assert timeline.state.handed_over_to == STATION
    assert timeline.told(IncidentCleared)[0].open_s == 500


@pytest.mark.parametrize("closing", [CLEAR, CANCEL])
@pytest.mark.parametrize(
    "command",
    [
        HAND_OVER,
        CLEAR,
        CANCEL,
        EscalateIncident(incident_id="i1", by="o", reason="more"),
        AssignUnits(incident_id="i1", round=1, candidates=()),
        ReportSighting(incident_id="i1", by="m"),
        WithdrawOrder(incident_id="i1", order_id="o", reason="assigned-elsewhere", by="matcher"),
    ],
)
def test_nothing_happens_to_a_closed_incident_any_more(closing: Command, command: Command) -> None:
    timeline = in_full_swing()
    timeline.send(closing)
    assert timeline.send(command) == "incident-closed"
    for verb in (timeline.acknowledge, timeline.decline, timeline.arrive):
        assert verb("u1") == "incident-closed"


def test_no_late_timer_and_no_repeated_report_reopens_a_closed_incident() -> None:
    timeline = in_full_swing()
    timeline.send(CLEAR)
    assert due(timeline.state) is None
    assert timeline.send(TimePassed(), 10_000) == ()
    assert timeline.send(report()) == ()


def test_only_a_closed_incident_may_be_forgotten_and_not_before_its_commands_are() -> None:
    timeline = in_full_swing()
    assert keep_for(timeline.state) is None
    timeline.send(CLEAR)
    kept = keep_for(timeline.state)
    assert kept is not None
    assert kept > timedelta(days=7)


def test_a_sighting_is_kept_as_it_was_told() -> None:
    timeline = in_full_swing()
    before = timeline.state
    timeline.send(ReportSighting(incident_id="i1", by="m9", note="by the fountain"))
    [sighting] = timeline.told(SightingReported)
    assert (sighting.by, sighting.note) == ("m9", "by the fountain")
    assert timeline.state == before
