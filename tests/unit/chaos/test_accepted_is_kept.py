"""Rule 1: a 2xx is in the log, once in effect; a refusal had none."""

import pytest

from tests.chaos.checker.contracts import CHECKIN_COMMANDS, DISPATCH_COMMANDS, DUTY
from tests.chaos.checker.evidence import Operation
from tests.chaos.checker.log import fix_key
from tests.chaos.checker.rules.accepted_is_kept import accepted_is_kept
from tests.unit.chaos.traces import UNIT, Trace, at, changed, check_in, checked_in, checked_out, incident, the

CHECK_INS, CHECK_OUTS = "/checkin/v1/check-ins", "/checkin/v1/check-outs"


def operation(op: str = "check-in", by: str = "m1", final: int = 201, **changes: object) -> Operation:
    path = CHECK_OUTS if op == "check-out" else CHECK_INS
    whole: dict[str, object] = {"where": "c:1", "op": op, "key": "k", "by": by, "path": path, "final": final}
    whole["statuses"] = (final,)
    return Operation(**{**whole, **changes})  # type: ignore[arg-type]


DONE = operation()


def checked(trace: Trace) -> Trace:
    """The check-in that DONE asked for."""
    command = check_in(trace, "m1", 0, step=1, id_=DONE.command_id)
    trace.tell(command, UNIT, checked_in("m1", 60, step=1), changed("m1", state="on", until_s=60))
    return trace


def said(trace: Trace, *operations: Operation) -> list[str]:
    return [violation.what for violation in accepted_is_kept(operations, trace.log()).violations]


def test_an_accepted_check_in_with_its_effect_is_kept() -> None:
    assert said(checked(Trace()), DONE) == []


def test_events_that_were_published_twice_are_one_effect() -> None:
    trace = checked(Trace())
    for event in list(trace.records[DUTY]):
        trace.copy(event)
    assert said(trace, DONE) == []


def test_a_command_that_was_sent_twice_and_decided_once_is_kept() -> None:
    trace = checked(Trace())
    trace.copy(trace.records[CHECKIN_COMMANDS][0])
    assert said(trace, DONE) == []


def test_an_accepted_command_that_is_not_in_the_log_is_lost() -> None:
    assert said(Trace(), DONE) == ["check-in by m1 was answered 201, and its command is not in the log"]


def test_an_accepted_command_without_its_effect_is_lost() -> None:
    trace = Trace()
    check_in(trace, "m1", 0, step=1, id_=DONE.command_id)
    assert said(trace, DONE) == ["check-in by m1 was accepted, and there are 0 member-checked-in, not one"]


def test_a_check_in_of_somebody_else_is_no_effect() -> None:
    trace = Trace()
    command = check_in(trace, "m2", 0, step=1, id_=DONE.command_id)
    trace.tell(command, UNIT, checked_in("m2", 60, step=1), changed("m2", state="on", until_s=60))
    assert said(trace, DONE) == ["check-in by m1 was accepted, and there are 0 member-checked-in, not one"]


def test_a_lapse_that_a_check_in_brings_to_light_is_no_check_out() -> None:
    trace, leaves = Trace(), operation("check-out")
    command = trace.command(CHECKIN_COMMANDS, "check-out", UNIT, 0, leaves.command_id, member_id="m1")
    trace.tell(command, UNIT, checked_out("m1", "lease-expired"))
    assert said(trace, leaves) == ["check-out by m1 was accepted, and there are 0 member-checked-out, not one"]


def test_a_command_that_took_effect_from_two_records_is_doubled() -> None:
    trace = checked(Trace())
    again = check_in(trace, "m1", 1, step=2, id_=DONE.command_id)
    trace.tell(again, UNIT, checked_in("m1", 61, step=2, renewed=True), changed("m1", state="on", until_s=61))
    assert "took effect 2 times" in said(trace, DONE)


def test_so_is_one_that_no_client_sent() -> None:
    trace = Trace()
    for second in (0, 1):
        command = trace.command(DISPATCH_COMMANDS, "report-sighting", "i1", second, "twice", note="")
        trace.tell(command, "i1", ("sighting-reported", {"note": ""}))
    assert said(trace) == ["took effect 2 times"]


REFUSED = operation(final=422, code="code-replayed")


@pytest.mark.parametrize(
    "refused",
    [
        REFUSED,
        operation(final=422, code="outside-geofence"),
        operation(final=422, code="code-replayed", statuses=(0, 422)),
    ],
)
def test_what_was_refused_has_no_effect(refused: Operation) -> None:
    assert said(Trace(), refused) == []
    assert [what.split(",")[0] for what in said(checked(Trace()), refused)] == [
        f"check-in was refused (422 {refused.code})"
    ]


def test_a_refusal_at_the_door_says_nothing_of_an_earlier_try_without_an_answer() -> None:
    late = operation(final=422, code="code-expired", statuses=(0, 422))
    assert said(checked(Trace()), late) == []


@pytest.mark.parametrize("status", [0, 503])
def test_what_was_never_answered_may_be_there_or_not(status: int) -> None:
    unheard = operation(final=status)
    assert said(Trace(), unheard) == []
    assert said(checked(Trace()), unheard) == []


def test_what_was_promised_to_be_decided_is_in_the_log_whatever_was_decided() -> None:
    promised = operation(final=202)
    trace = Trace()
    assert said(trace, promised) == ["check-in by m1 was answered 202, and its command is not in the log"]
    check_in(trace, "m1", 0, step=1, id_=promised.command_id)
    assert said(trace, promised) == []


def test_an_answer_that_repeats_an_earlier_one_needs_no_event_of_its_own() -> None:
    trace = Trace()
    incident(trace)
    path = "/dispatch/v1/incidents/i1/orders/o2/acknowledge"
    repeated = operation("acknowledge", path=path)
    trace.command(DISPATCH_COMMANDS, "acknowledge-order", "i1", 10, repeated.command_id, order_id="o2")
    assert said(trace, repeated) == []
    trace.remove(the(trace, "order-acknowledged"))
    assert said(trace, repeated) == ["acknowledge by m1 was accepted, and there are 0 order-acknowledged, not one"]


def test_positions_that_were_accepted_are_on_the_topic() -> None:
    trace, fix, other = Trace(), fix_key("u1", "m1", at(0)), fix_key("u1", "m1", at(1))
    batch = operation("positions", final=202, path="/checkin/v1/positions", fixes=(fix, other))
    trace.fixes = {fix, other}
    assert said(trace, batch) == []
    trace.fixes = {fix}
    assert said(trace, batch) == ["1 of 2 positions that were accepted are not on the topic"]


def test_an_operation_that_the_checker_does_not_know_is_not_passed_over() -> None:
    trace = checked(Trace())
    assert said(trace, operation("teleport")) == ["the checker does not know what teleport brings about"]


def test_operations_are_counted_by_what_became_of_them() -> None:
    finding = accepted_is_kept([DONE, REFUSED], checked(Trace()).log())
    assert finding.checked == 2
    assert finding.figures["operations"] == {"check-in accepted": 1, "check-in refused": 1}
