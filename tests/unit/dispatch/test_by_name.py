"""Units that somebody chose: picked with the report, asked for later, and stood down by hand."""

from typing import Any

import pytest

from services.dispatch.domain.commands import AssignUnits, ClearIncident, HandOver, RequestUnit, WithdrawOrder
from services.dispatch.domain.events import OrderCompleted, OrderIssued, OrderWithdrawn, ReinforcementRequested
from services.dispatch.domain.playbook import Playbook
from services.dispatch.domain.state import Open
from shared.vocabulary.terms import OrderRole
from tests.unit.dispatch.incidents import (
    STATION,
    THREAT,
    Timeline,
    candidate,
    names,
    playbook,
    police_stage,
    report,
    unit_stage,
)


def ask_for(timeline: Timeline, unit_id: str) -> Any:
    return timeline.send(RequestUnit(incident_id="i1", unit_id=unit_id, by="officer-7"))


def stand_down(timeline: Timeline, unit_id: str, *, replace: bool = False) -> Any:
    order_id = timeline.order(unit_id).order_id
    command = WithdrawOrder(incident_id="i1", order_id=order_id, reason="not-needed", by="officer-7", replace=replace)
    return timeline.send(command)


def wanted(timeline: Timeline, stage: int = 3) -> int:
    assert isinstance(timeline.state, Open)
    return next(progress.wanted for progress in timeline.state.stages if progress.number == stage)


def rounds(timeline: Timeline) -> list[tuple[int, str, int, tuple[str, ...]]]:
    """(stage, reason, count, names) of each request."""
    return [(r.stage, r.reason, r.need.count, r.named) for r in timeline.told(ReinforcementRequested)]


def test_a_unit_asked_for_by_name_is_ordered_by_who_asked() -> None:
    timeline = Timeline.of(playbook(unit_stage(3)))
    timeline.assign("u1")
    assert names(ask_for(timeline, "u9")) == ["ReinforcementRequested"]
    assert rounds(timeline)[-1] == (3, "by-name", 1, ("u9",))
    assert names(timeline.assign("u9")) == ["UnitsConsidered", "OrderIssued"]
    assert [(order.assignee_id, order.by) for order in timeline.told(OrderIssued)] == [
        ("u1", "matcher"),
        ("u9", "officer-7"),
    ]
    assert wanted(timeline) == 2


def test_who_is_not_free_is_not_ordered_and_nobody_is_looked_for_instead() -> None:
    timeline = Timeline.of(playbook(unit_stage(3)))
    timeline.assign("u1")
    timeline.acknowledge("u1")
    ask_for(timeline, "u9")
    busy = candidate("u9", chosen=False)
    assert names(timeline.send(AssignUnits(incident_id="i1", round=2, candidates=(busy,)))) == ["UnitsConsidered"]
    assert names(timeline.wait(170)) == []
    assert wanted(timeline) == 1


def test_who_comes_by_name_fills_the_gap_that_the_matcher_could_not() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, count=2)))
    timeline.assign("u1")
    timeline.acknowledge("u1")
    ask_for(timeline, "u9")
    timeline.assign("u9")
    timeline.acknowledge("u9")
    assert wanted(timeline) == 2
    assert names(timeline.wait(170)) == []


def test_asking_by_name_ends_no_search_and_is_no_round_of_it() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, count=3), rounds_max=2))
    timeline.assign("u1")
    timeline.acknowledge("u1")
    ask_for(timeline, "u9")
    timeline.assign()
    assert names(timeline.wait(15)) == ["ReinforcementRequested"]
    assert rounds(timeline)[-1] == (3, "short", 2, ())


def test_who_was_asked_by_name_and_refuses_is_replaced_like_any_other() -> None:
    timeline = Timeline.of(playbook(unit_stage(3)))
    timeline.assign("u1")
    ask_for(timeline, "u9")
    timeline.assign("u9")
    timeline.decline("u9")
    assert rounds(timeline)[-1] == (3, "declined", 1, ())


def test_who_has_an_order_is_not_asked_again_but_who_had_one_may_be() -> None:
    timeline = Timeline.of(playbook(unit_stage(3)))
    timeline.assign("u1")
    assert ask_for(timeline, "u1") == "already-ordered"
    timeline.wait(20)  # unanswered; then heard on the radio
    ask_for(timeline, "u1")
    assert timeline.told(ReinforcementRequested)[-1].exclude == ()
    assert names(timeline.assign("u1"))[-1] == "OrderIssued"
    assert len({order.order_id for order in timeline.told(OrderIssued)}) == 2


def test_the_threat_rule_may_make_an_observer_of_who_was_asked_by_name() -> None:
    timeline = Timeline.of(playbook(unit_stage(3), threat=THREAT))
    timeline.assign(observers=("u1",))
    ask_for(timeline, "u9")
    assert timeline.told(ReinforcementRequested)[-1].observers_allowed
    timeline.assign(observers=("u9",))
    assert timeline.order("u9").role is OrderRole.OBSERVE
    assert wanted(timeline) == 1


@pytest.mark.parametrize(
    ("book", "attained", "stage"),
    [
        (playbook(unit_stage(1), unit_stage(3)), (), 1),
        (playbook(unit_stage(1), unit_stage(3)), ("u1",), 3),
        (playbook(unit_stage(1), unit_stage(3), police_stage()), ("u1", "u2"), 3),
        (playbook(police_stage(1), unit_stage(3, starts_s=60)), (), 3),
    ],
)
def test_the_first_stage_of_units_that_is_not_attained_gets_the_unit_else_the_last(
    book: Playbook, attained: tuple[str, ...], stage: int
) -> None:
    timeline = Timeline.of(book)
    for number, unit in enumerate(attained, start=1):
        timeline.assign(unit, round_=number)
        timeline.arrive(unit)
    ask_for(timeline, "u9")
    assert rounds(timeline)[-1] == (stage, "by-name", 1, ("u9",))
    timeline.assign("u9")
    assert timeline.order("u9").stage == stage


def test_a_playbook_without_units_takes_none() -> None:
    assert ask_for(Timeline.of(playbook(police_stage())), "u9") == "no-unit-stage"


def test_a_selection_that_came_too_late_is_not_followed_by_name_either() -> None:
    timeline = Timeline.of()
    timeline.assign("u1")
    timeline.acknowledge("u1")
    ask_for(timeline, "u9")
    late = AssignUnits(incident_id="i1", round=2, candidates=(candidate("u9"),), claimed_at=timeline.at(-30))
    assert names(timeline.send(late)) == ["UnitsConsidered"]


@pytest.mark.parametrize(
    ("ending", "refusal"),
    [
        (HandOver(incident_id="i1", by="o", to=STATION), "incident-handed-over"),
        (ClearIncident(incident_id="i1", by="o", outcome="resolved"), "incident-closed"),
    ],
)
def test_what_is_over_asks_for_nobody(ending: Any, refusal: str) -> None:
    timeline = Timeline.of()
    timeline.send(ending)
    assert ask_for(timeline, "u9") == refusal


@pytest.mark.parametrize(("before", "expected"), [(None, OrderWithdrawn), ("arrive", OrderCompleted)])
def test_who_is_stood_down_by_hand_is_not_replaced(before: str | None, expected: type[Any]) -> None:
    timeline = Timeline.of(playbook(unit_stage(3, count=2)))
    timeline.assign("u1", "u2")
    timeline.acknowledge("u2")
    if before:
        getattr(timeline, before)("u1")
    assert names(stand_down(timeline, "u1")) == [expected.__name__]
    [ended] = timeline.told(expected)
    assert (ended.reason, ended.by, ended.for_good) == ("not-needed", "officer-7", True)
    assert wanted(timeline) == 1
    assert names(timeline.wait(170)) == []


def test_who_is_stood_down_by_hand_may_be_replaced() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, count=2)))
    timeline.assign("u1", "u2")
    assert names(stand_down(timeline, "u1", replace=True)) == ["OrderWithdrawn", "ReinforcementRequested"]


def test_the_police_are_not_stood_down_alone() -> None:
    timeline = Timeline.of(playbook(unit_stage(3), police_stage()))
    assert stand_down(timeline, STATION) == "not-a-units-order"


TWO_STAGES = playbook(unit_stage(1), unit_stage(3, count=2), police_stage())


@pytest.mark.parametrize(
    ("book", "picked", "expected"),
    [
        (TWO_STAGES, ("a", "b", "c"), [(1, "picked", 1, ("a",)), (3, "picked", 2, ("b", "c"))]),
        (
            TWO_STAGES,
            ("a", "b"),
            [(1, "picked", 1, ("a",)), (3, "picked", 1, ("b",)), (3, "stage-started", 1, ())],
        ),
        (TWO_STAGES, ("a",), [(1, "picked", 1, ("a",)), (3, "stage-started", 2, ())]),
        (TWO_STAGES, ("a", "b", "c", "d"), [(1, "picked", 1, ("a",)), (3, "picked", 3, ("b", "c", "d"))]),
        (TWO_STAGES, ("a", "a"), [(1, "picked", 1, ("a",)), (3, "stage-started", 2, ())]),
        (playbook(unit_stage(3, starts_s=60)), ("a",), [(3, "picked", 1, ("a",))]),
        (playbook(police_stage()), ("a",), []),
    ],
)
def test_the_units_picked_with_the_report_are_asked_for_first(
    book: Playbook, picked: tuple[str, ...], expected: list[Any]
) -> None:
    timeline = Timeline()
    timeline.send(report(book, units=picked))
    assert rounds(timeline) == expected


def test_who_was_picked_is_ordered_by_the_dispatcher() -> None:
    timeline = Timeline.of(units=("a", "b"))
    timeline.assign("a", "b")
    assert [(order.assignee_id, order.by) for order in timeline.told(OrderIssued)] == [
        ("a", "officer-1"),
        ("b", "officer-1"),
    ]
    assert wanted(timeline) == 2


def test_for_those_picked_who_are_not_free_others_are_looked_for_at_once() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, count=2)), units=("a", "b", "c"))
    assert names(timeline.assign("b")) == ["UnitsConsidered", "OrderIssued", "ReinforcementRequested"]
    assert rounds(timeline)[-1] == (3, "short", 2, ())
    assert timeline.told(ReinforcementRequested)[-1].exclude == ("b",)
