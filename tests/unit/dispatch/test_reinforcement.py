"""Asking the matcher, and what becomes of its selections."""

import pytest

from services.dispatch.domain.commands import AssignUnits, EscalateIncident
from services.dispatch.domain.events import OrderIssued, ReinforcementRequested, UnitsConsidered
from services.dispatch.domain.state import Open
from shared.vocabulary.terms import OrderRole
from tests.unit.dispatch.incidents import THREAT, Timeline, candidate, names, playbook, unit_stage


def test_each_chosen_unit_gets_one_order() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, count=2)))
    assert names(timeline.assign("u1", "u2")) == ["UnitsConsidered", "OrderIssued", "OrderIssued"]
    assert [order.assignee_id for order in timeline.told(OrderIssued)] == ["u1", "u2"]
    assert {order.by for order in timeline.told(OrderIssued)} == {"matcher"}


def test_units_that_were_not_chosen_are_kept_with_their_reasons() -> None:
    timeline = Timeline.of()
    looked_at = (candidate("u1"), candidate("u2", chosen=False))
    timeline.send(AssignUnits(incident_id="i1", round=1, candidates=looked_at))
    [considered] = timeline.told(UnitsConsidered)
    assert (considered.candidates, considered.missing) == (looked_at, 0)
    assert [order.assignee_id for order in timeline.told(OrderIssued)] == ["u1"]


def test_a_round_is_answered_once() -> None:
    timeline = Timeline.of()
    timeline.assign("u1")
    assert timeline.assign("u2") == ()


def test_a_round_that_was_never_requested_is_refused() -> None:
    assert Timeline.of().assign("u1", round_=7) == "round-unknown"


def test_a_selection_that_was_too_long_under_way_is_not_followed_and_others_are_looked_for() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, count=2)))
    late = AssignUnits(
        incident_id="i1", round=1, candidates=(candidate("u1"), candidate("u2")), claimed_at=timeline.at(-1)
    )
    timeline.seconds = 20
    assert names(timeline.send(late)) == ["UnitsConsidered", "ReinforcementRequested"]
    [considered] = timeline.told(UnitsConsidered)
    assert [(c.chosen, c.reasons) for c in considered.candidates] == [(False, ("claim-lapsed",))] * 2
    again = timeline.told(ReinforcementRequested)[-1]
    assert (again.round, again.reason, again.need.count, again.exclude) == (2, "claim-lapsed", 2, ())
    assert timeline.told(OrderIssued) == []


def test_a_selection_that_came_in_time_is_followed() -> None:
    timeline = Timeline.of(playbook(unit_stage(3)))
    timeline.seconds = 20
    timeline.send(AssignUnits(incident_id="i1", round=1, candidates=(candidate("u1"),), claimed_at=timeline.at(0)))
    assert [order.assignee_id for order in timeline.told(OrderIssued)] == ["u1"]


def test_too_few_units_are_looked_for_again_in_a_wider_ring() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, count=3, within_m=1000), widen_factor=2))
    timeline.assign("u1")
    assert timeline.told(UnitsConsidered)[-1].missing == 2
    assert names(timeline.wait(14)) == []
    timeline.acknowledge("u1")
    assert names(timeline.wait(15)) == ["ReinforcementRequested"]
    again = timeline.told(ReinforcementRequested)[-1]
    assert (again.round, again.reason, again.need.count, again.need.within_m) == (2, "short", 2, 2000)
    assert again.exclude == ("u1",)


def test_the_search_ends_after_the_playbooks_last_round() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, due_s=9999), rounds_max=3))
    for _ in range(10):
        timeline.assign()
        timeline.wait(timeline.seconds + 15)
    assert len(timeline.told(ReinforcementRequested)) == 3


def test_the_ring_never_grows_beyond_what_the_contract_allows() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, due_s=9999, within_m=60_000), widen_factor=10))
    timeline.assign()
    timeline.wait(15)
    assert timeline.told(ReinforcementRequested)[-1].need.within_m == 100_000


def test_nobody_is_ordered_twice_in_one_incident() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, count=2)))
    timeline.assign("u1", "u1")
    timeline.acknowledge("u1")
    timeline.wait(15)
    timeline.assign("u1", "u2")
    assert [order.assignee_id for order in timeline.told(OrderIssued)] == ["u1", "u2"]
    assert timeline.told(UnitsConsidered)[-1].candidates[0].reasons == ("already-asked",)


def test_no_more_are_ordered_than_are_needed_when_the_selection_comes() -> None:
    timeline = Timeline.of()
    timeline.assign("u1", "u2", "u3")
    assert [order.assignee_id for order in timeline.told(OrderIssued)] == ["u1"]
    considered = timeline.told(UnitsConsidered)[-1]
    assert [c.reasons for c in considered.candidates] == [("nearest",), ("not-needed",), ("not-needed",)]


def test_a_selection_that_comes_after_the_stage_was_attained_orders_nobody() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, count=1)))
    timeline.assign("u1")
    timeline.wait(20)  # unanswered: round 2 is asked for
    timeline.send(EscalateIncident(incident_id="i1", by="officer-1", reason="worse"))  # round 3
    timeline.assign("u2", round_=3)
    timeline.arrive("u2")
    timeline.assign("u3", round_=2)
    assert timeline.told(UnitsConsidered)[-1].missing == 0
    assert [order.assignee_id for order in timeline.told(OrderIssued)] == ["u1", "u2"]


def test_observers_come_beside_responders_and_do_not_count_for_the_stage() -> None:
    timeline = Timeline.of(playbook(unit_stage(3, count=1), threat=THREAT))
    timeline.assign(observers=("u1",))
    assert timeline.told(UnitsConsidered)[-1].missing == 1
    assert timeline.order("u1").role is OrderRole.OBSERVE
    timeline.arrive("u1")
    assert isinstance(timeline.state, Open)
    assert timeline.state.stages[0].attained_at is None
    timeline.wait(15)
    assert not timeline.told(ReinforcementRequested)[-1].observers_allowed


@pytest.mark.parametrize("threat", [None, THREAT])
def test_observers_are_sent_only_where_the_request_allowed_them(threat: object) -> None:
    timeline = Timeline.of(playbook(unit_stage(3), threat=threat))
    timeline.assign(observers=("u1",))
    assert len(timeline.told(OrderIssued)) == (1 if threat else 0)
