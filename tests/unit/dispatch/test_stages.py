"""1-3-5: attained or missed, each at most once, and what follows."""

import pytest

from services.dispatch.domain.commands import EscalateIncident
from services.dispatch.domain.events import (
    IncidentEscalated,
    OrderWithdrawn,
    ReinforcementRequested,
    StageAttained,
    StageMissed,
)
from services.dispatch.domain.playbook import Told
from shared.vocabulary.decisions import TimePassed
from tests.unit.dispatch.incidents import STATION, Timeline, names, playbook, police_stage, unit_stage

ESCALATE = EscalateIncident(incident_id="i1", by="officer-1", reason="worse-than-reported")


def test_a_stage_is_attained_when_enough_have_arrived() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, count=2)))
    timeline.assign("u1", "u2")
    timeline.seconds = 90
    assert "StageAttained" not in names(timeline.arrive("u1"))
    assert names(timeline.arrive("u2"))[-1] == "StageAttained"
    [attained] = timeline.told(StageAttained)
    assert (attained.stage, attained.after_s, attained.in_time) == (3, 90, True)


def test_a_stage_may_be_attained_by_acknowledgement() -> None:
    timeline = Timeline.of(playbook(unit_stage(1, attained_by="acknowledged")))
    timeline.assign("u1")
    assert names(timeline.acknowledge("u1")) == ["OrderAcknowledged", "StageAttained"]


def test_who_has_not_answered_is_stood_down_when_the_stage_is_attained() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, count=1)))
    timeline.assign("u1")
    timeline.acknowledge("u1")
    timeline.send(ESCALATE)
    timeline.assign("u2")
    assert names(timeline.arrive("u1")) == ["AssigneeArrived", "StageAttained", "OrderWithdrawn"]
    [withdrawn] = timeline.told(OrderWithdrawn)
    assert (withdrawn.assignee_id, withdrawn.reason) == ("u2", "stage-attained")


def test_a_missed_stage_is_told_to_the_next_level_and_looks_further_for_one_more() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, count=2, within_m=1000), widen_factor=1.5))
    timeline.assign("u1", "u2")
    timeline.acknowledge("u1")
    timeline.acknowledge("u2")
    assert names(timeline.wait(180)) == ["StageMissed", "IncidentEscalated", "ReinforcementRequested"]
    request = timeline.told(ReinforcementRequested)[-1]
    assert (request.reason, request.need.count, request.need.within_m) == ("escalated", 1, 1500)
    assert (timeline.told(IncidentEscalated)[0].level, timeline.told(IncidentEscalated)[0].by) == (2, "clock")
    assert len(timeline.wait(100_000)) == 0


def test_a_missed_police_stage_is_told_to_the_next_level_only() -> None:
    timeline = Timeline.of(playbook(police_stage()))
    timeline.acknowledge(STATION)
    assert names(timeline.wait(300)) == ["StageMissed", "IncidentEscalated"]


def test_a_stage_attained_after_its_deadline_is_attained_late_and_once() -> None:
    timeline = Timeline.of()
    timeline.assign("u1")
    timeline.acknowledge("u1")
    timeline.wait(200)
    timeline.arrive("u1")
    [attained] = timeline.told(StageAttained)
    assert not attained.in_time
    assert len(timeline.told(StageMissed)) == 1


def test_a_late_arrival_before_the_tick_is_late_all_the_same() -> None:
    timeline = Timeline.of()
    timeline.assign("u1")
    timeline.acknowledge("u1")
    timeline.seconds = 181
    timeline.arrive("u1")
    assert not timeline.told(StageAttained)[0].in_time
    assert timeline.wait(1000) == []


@pytest.mark.parametrize(
    ("told", "levels"), [((), [1]), (("station",), [2]), (("station", "district"), [3]), (("city",), [3])]
)
def test_the_first_escalation_goes_to_the_level_above_those_told_at_the_report(
    told: tuple[Told, ...], levels: list[int]
) -> None:
    timeline = Timeline.of(playbook(police_stage(), tell=told))
    timeline.acknowledge(STATION)
    timeline.wait(300)
    assert [event.level for event in timeline.told(IncidentEscalated)] == levels


def test_escalating_by_hand_starts_the_later_stages() -> None:
    timeline = Timeline.of(playbook(unit_stage(1), unit_stage(3, starts_s=60), police_stage(starts_s=60)))
    assert names(timeline.send(ESCALATE)) == ["IncidentEscalated", "ReinforcementRequested", "OrderIssued"]
    assert timeline.told(IncidentEscalated)[0].by == "officer-1"
    later = timeline.wait(60)
    assert [r.stage for r in later if isinstance(r, ReinforcementRequested) and r.reason == "stage-started"] == []


def test_escalating_by_hand_once_all_stages_run_asks_for_one_more() -> None:
    timeline = Timeline.of(playbook(unit_stage(1), unit_stage(3)))
    timeline.send(ESCALATE)
    request = timeline.told(ReinforcementRequested)[-1]
    assert (request.stage, request.need.count, request.reason) == (3, 1, "escalated")


def test_everything_overdue_happens_at_the_first_tick_in_the_order_of_its_time() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, starts_s=30), police_stage(starts_s=60)))
    timeline.seconds = 1000
    assert names(timeline.send(TimePassed())) == [
        "ReinforcementRequested",
        "OrderIssued",
        "StageMissed",
        "IncidentEscalated",
        "ReinforcementRequested",
        "StageMissed",
        "IncidentEscalated",
    ]
