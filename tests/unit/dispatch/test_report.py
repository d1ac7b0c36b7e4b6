"""What a report sets going."""

from datetime import timedelta

import pytest

from services.dispatch.domain.commands import AcknowledgeOrder, Command, ReportSighting
from services.dispatch.domain.decide import decide
from services.dispatch.domain.events import BroadcastOrdered, IncidentReported, OrderIssued, ReinforcementRequested
from services.dispatch.domain.playbook import Playbook
from services.dispatch.domain.state import Open, Unreported
from shared.vocabulary.decisions import Accepted, Refused, TimePassed
from shared.vocabulary.terms import AssigneeKind, EquipmentKind
from tests.unit.dispatch.incidents import (
    BROADCAST,
    PATH,
    STATION,
    T0,
    THREAT,
    Timeline,
    names,
    playbook,
    police_stage,
    report,
    unit_stage,
)


@pytest.mark.parametrize(
    ("book", "expected"),
    [
        (playbook(unit_stage(3)), ["IncidentReported", "ReinforcementRequested"]),
        (playbook(unit_stage(3, starts_s=30)), ["IncidentReported"]),
        (
            playbook(unit_stage(1), unit_stage(3), police_stage()),
            ["IncidentReported", "ReinforcementRequested", "ReinforcementRequested", "OrderIssued"],
        ),
        (
            playbook(unit_stage(3), broadcast=BROADCAST),
            ["IncidentReported", "BroadcastOrdered", "ReinforcementRequested"],
        ),
    ],
)
def test_stages_that_start_at_once_start_with_the_report(book: Playbook, expected: list[str]) -> None:
    assert names(Timeline().send(report(book))) == expected


def test_every_event_says_whose_it_is_and_whether_it_is_a_drill() -> None:
    timeline = Timeline.of(playbook(unit_stage(3), police_stage(), broadcast=BROADCAST), drill=True)
    assert {(e.incident_id, e.station_id, e.path, e.drill, e.at, e.by) for e in timeline.log} == {
        ("i1", STATION, PATH, True, T0, "officer-1")
    }


def test_the_stations_own_police_are_ordered_at_the_report_when_their_stage_starts_with_it() -> None:
    [order] = Timeline.of(playbook(unit_stage(1), police_stage())).told(OrderIssued)
    assert (order.assignee_kind, order.assignee_id, order.stage) == (AssigneeKind.POLICE, STATION, 5)
    assert order.respond_by == T0 + timedelta(seconds=20)


def test_a_later_stage_starts_by_time() -> None:
    timeline = Timeline.of(playbook(unit_stage(3), police_stage(starts_s=60)))
    assert timeline.told(OrderIssued) == []
    timeline.wait(60)
    [order] = timeline.told(OrderIssued)
    assert (order.assignee_kind, order.at, order.by) == (AssigneeKind.POLICE, T0 + timedelta(seconds=60), "clock")


def test_a_request_carries_the_threat_rule() -> None:
    [request] = Timeline.of(playbook(unit_stage(3, count=2), threat=THREAT)).told(ReinforcementRequested)
    assert (request.threat_members_min, request.threat_equipment) == (3, (EquipmentKind.FORK.value,))
    assert request.observers_allowed
    assert (request.round, request.stage, request.need.count, request.exclude) == (1, 3, 2, ())


def test_a_broadcast_carries_the_description_to_its_audiences() -> None:
    timeline = Timeline.of(playbook(unit_stage(3), broadcast=BROADCAST), photo_url="https://photos.example/1")
    [broadcast] = timeline.told(BroadcastOrdered)
    assert broadcast.audiences == ("station-units", "city-police")
    assert (broadcast.text, broadcast.photo_url) == ("somebody asks for help", "https://photos.example/1")


def test_a_second_report_under_the_same_id_changes_nothing() -> None:
    timeline = Timeline.of()
    assert timeline.send(report(description="once more")) == ()


def test_the_state_keeps_no_text_of_persons() -> None:
    timeline = Timeline.of(photo_url="https://photos.example/1")
    assert isinstance(timeline.state, Open)
    assert "somebody asks for help" not in repr(timeline.state)
    assert "photos.example" not in repr(timeline.state)


@pytest.mark.parametrize(
    "command",
    [
        ReportSighting(incident_id="i1", by="m"),
        AcknowledgeOrder(incident_id="i1", order_id="o", by="m", by_assignee="u1"),
    ],
)
def test_what_was_not_reported_cannot_be_acted_on(command: Command) -> None:
    decision = decide(Unreported(), command, T0)
    assert isinstance(decision, Refused)
    assert decision.code == "incident-unknown"


def test_time_does_nothing_to_what_was_not_reported() -> None:
    assert decide(Unreported(), TimePassed(), T0) == Accepted(())


def test_a_report_is_kept_with_its_playbook() -> None:
    [reported] = Timeline.of().told(IncidentReported)
    assert reported.playbook.playbook_id == "test"
