"""Rule 2: no unit under two orders at once."""

import pytest

from tests.chaos.checker.contracts import DISPATCH_COMMANDS
from tests.chaos.checker.evidence import Fault
from tests.chaos.checker.rules.one_order_a_unit import WITHDRAWN_WITHIN_US, one_order_a_unit
from tests.chaos.checker.times import SECOND_US
from tests.unit.chaos.traces import UNIT, Trace, answer, assign, at, incident, of_order, report


def ends(trace: Trace, order: str, incident_id: str, second: float, kind: str = "order-withdrawn") -> None:
    command = answer(trace, incident_id, "withdraw-order", order, second)
    trace.tell(command, incident_id, of_order(kind, order))


def two_orders(trace: Trace, *, first_ends: float, second_begins: float, drills: tuple[bool, bool]) -> None:
    for number, (drill, begins) in enumerate(zip(drills, (1.0, second_begins), strict=True), 1):
        report(trace, f"i{number}", begins - 0.5, drill=drill)
        assign(trace, f"i{number}", f"o{number}", UNIT, begins, drill=drill)
    ends(trace, "o1", "i1", first_ends)


REAL, DRILL = False, True
LIMIT_S = WITHDRAWN_WITHIN_US / SECOND_US


def said(trace: Trace, *faults: Fault) -> list[str]:
    return [str(violation) for violation in one_order_a_unit(trace.log(), faults).violations]


def test_one_order_after_another_is_sound() -> None:
    trace = Trace()
    incident(trace)
    two_orders(trace, first_ends=70, second_begins=70, drills=(REAL, REAL))
    assert said(trace) == []


def test_two_real_orders_at_once_are_told_with_their_length_however_short() -> None:
    trace = Trace()
    two_orders(trace, first_ends=3.001, second_begins=3, drills=(REAL, REAL))
    finding = one_order_a_unit(trace.log())
    assert [violation.what for violation in finding.violations] == ["a real and a real order at once, for 1 ms: o1, o2"]
    assert finding.figures["overlaps of real orders, ms"] == [1.0]
    assert "meu.dispatch.incident.v1/0/" in finding.violations[0].evidence


def test_orders_that_never_end_are_at_once_too() -> None:
    trace = Trace()
    for number in (1, 2):
        report(trace, f"i{number}", number)
        assign(trace, f"i{number}", f"o{number}", UNIT, number + 0.5)
    assert ["without end" in line for line in said(trace)] == [True]


@pytest.mark.parametrize(("overlap_s", "is_sound"), [(0.5, True), (LIMIT_S, True), (LIMIT_S + 0.1, False)])
def test_a_real_order_may_take_a_unit_out_of_a_drill_if_the_drill_ends_soon(overlap_s: float, is_sound: bool) -> None:
    trace = Trace()
    two_orders(trace, first_ends=3 + overlap_s, second_begins=3, drills=(DRILL, REAL))
    assert (said(trace) == []) is is_sound


def test_what_is_broken_meanwhile_gives_more_time() -> None:
    trace = Trace()
    two_orders(trace, first_ends=3 + LIMIT_S + 5, second_begins=3, drills=(DRILL, REAL))
    assert said(trace) != []
    assert said(trace, Fault(at(3), at(3), "kill-worker", "dispatch-1")) == []


def test_a_drill_takes_a_unit_out_of_no_other_drill() -> None:
    trace = Trace()
    two_orders(trace, first_ends=3.5, second_begins=3, drills=(DRILL, DRILL))
    assert said(trace) != []


@pytest.mark.parametrize(("overlap_s", "is_sound"), [(0.5, True), (LIMIT_S + 0.1, False)])
def test_a_drill_s_order_that_comes_late_lies_beside_the_real_one_for_a_moment(
    overlap_s: float, is_sound: bool
) -> None:
    trace = Trace()
    two_orders(trace, first_ends=3 + overlap_s, second_begins=3, drills=(REAL, DRILL))
    assert (said(trace) == []) is is_sound


def test_a_real_order_may_end_before_the_drill_s_is_withdrawn() -> None:
    trace = Trace()
    two_orders(trace, first_ends=6, second_begins=3, drills=(DRILL, REAL))
    ends(trace, "o2", "i2", 4)
    assert said(trace) == []


def test_orders_to_the_police_are_not_a_unit_s() -> None:
    trace = Trace()
    for number in (1, 2):
        command = trace.command(DISPATCH_COMMANDS, "report-incident", f"i{number}", number)
        body = {"order_id": f"o{number}", "assignee_kind": "police", "assignee_id": "s1", "drill": False}
        trace.tell(command, f"i{number}", ("order-issued", body))
    assert one_order_a_unit(trace.log()).checked == 0
