"""Rule 8: decided or put aside, and nothing that was injected did more."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.chaos.checker.contracts import CHECKIN_COMMANDS, DISPATCH_COMMANDS, DUTY, INCIDENTS, LANES
from tests.chaos.checker.evidence import Injected
from tests.chaos.checker.log import UNDECODABLE, DeadLetter, Place, Record
from tests.chaos.checker.rules.processed_or_buried import TICKS_UNREAD, processed_or_buried
from tests.unit.chaos.traces import (
    INCIDENT,
    OTHER_UNIT,
    UNIT,
    Trace,
    answer,
    changed,
    check_in,
    checked_in,
    delivery,
    duty,
    incident,
    text,
    the,
    with_body,
)


def whole() -> Trace:
    trace = Trace()
    duty(trace)
    incident(trace)
    delivery(trace, "d1", "o1", "accepted")
    return trace


def said(trace: Trace, *injected: Injected, **changes: Any) -> list[str]:
    trace.injected = {item.place: item.kind for item in injected}
    return [violation.what for violation in processed_or_buried(trace.log(**changes), injected).violations]


def poisoned(trace: Trace, topic: str) -> Injected:
    poison = trace.copy(trace.records[topic][0], kind=UNDECODABLE, value=b"\xff")
    return Injected("poison", poison.place, None)


def letter(source: Place | None, reason: str = "no CloudEvent") -> DeadLetter:
    return DeadLetter(Place("any.dlq", 0, 0), source, reason, "dispatch")


def test_a_log_in_which_everything_was_decided_is_sound() -> None:
    assert said(whole()) == []


@pytest.mark.parametrize("topic", [CHECKIN_COMMANDS, DUTY])
def test_poison_must_be_put_aside(topic: str) -> None:
    trace = whole()
    poison = poisoned(trace, topic)
    assert said(trace, poison) == ["poison is in no dead-letter topic"]
    trace.letters = [letter(poison.place), letter(poison.place)]
    assert said(trace, poison) == []


def test_a_dead_letter_of_what_nobody_injected_is_told() -> None:
    trace = whole()
    trace.letters = [letter(the(trace, "order-issued").place, "KeyError")]
    assert said(trace) == ["put aside by dispatch, and it was not injected: KeyError"]


@pytest.mark.parametrize("grave", [letter(None), letter(Place(DUTY, 0, 0), "")])
def test_a_dead_letter_must_say_why_and_from_where(grave: DeadLetter) -> None:
    trace = whole()
    trace.letters = [grave]
    assert "a dead letter does not say why, or from where" in said(trace)


def test_a_duplicate_must_change_nothing() -> None:
    trace = whole()
    first = trace.records[CHECKIN_COMMANDS][0]
    copy = trace.copy(first)
    duplicate = Injected("duplicate", copy.place, first.place)
    assert said(trace, duplicate) == []
    trace.tell(copy, UNIT, checked_in("m1", 60, step=1))
    assert said(trace, duplicate) == [f"the duplicate of {first.place} took effect"]


def test_a_tick_that_was_injected_twice_is_a_tick() -> None:
    trace = whole()
    tick = the_tick(trace)
    copy = trace.copy(tick, timestamp_ms=tick.timestamp_ms + 120_000)
    trace.tell(copy, UNIT, changed(state="off", until_s=None))
    assert said(trace, Injected("duplicate", copy.place, tick.place)) == []


def the_tick(trace: Trace) -> Record:
    return next(record for record in trace.records[CHECKIN_COMMANDS] if record.kind == "tick")


@pytest.mark.parametrize(("group", "topic"), [("checkin.decide", CHECKIN_COMMANDS), ("dispatch.project", INCIDENTS)])
def test_a_group_that_has_not_read_everything_is_told(group: str, topic: str) -> None:
    trace = whole()
    committed = {**trace.log().committed, (group, topic, 0): 1}
    assert [f"{group} has read up to 1" in what for what in said(trace, committed=committed)] == [True]


def test_ticks_may_lie_unread_behind_the_last_command_but_not_many() -> None:
    trace = whole()
    committed = trace.log().committed
    for _ in range(TICKS_UNREAD):
        trace.tick(CHECKIN_COMMANDS, 100)
    assert said(trace, committed=committed) == []
    trace.tick(CHECKIN_COMMANDS, 100)
    assert said(trace, committed=committed) != []


def test_a_group_that_never_read_a_topic_is_told() -> None:
    trace = whole()
    committed = {key: offset for key, offset in trace.log().committed.items() if key[0] != "notify.plan"}
    assert said(trace, committed=committed) == ["notify.plan has never committed an offset"]


def lost_check_in(trace: Trace) -> None:
    check_in(trace, "m3", 5, step=1)


def lost_check_out(trace: Trace) -> None:
    command = trace.records[CHECKIN_COMMANDS][3]
    for event in [event for event in trace.records[DUTY] if event.causation == command.id]:
        trace.remove(event)


def lost_report(trace: Trace) -> None:
    trace.command(DISPATCH_COMMANDS, "report-incident", "i9", 60)


def lost_answer(trace: Trace) -> None:
    trace.remove(the(trace, "order-acknowledged"))


def lost_assignment(trace: Trace) -> None:
    first_round = ("incident-reported", "reinforcement-requested")
    for event in [event for event in trace.records[INCIDENTS] if event.kind not in first_round or event.sequence > 2]:
        trace.remove(event)


def lost_end(trace: Trace) -> None:
    over = the(trace, "incident-cleared").causation
    for event in [event for event in trace.records[INCIDENTS] if event.causation == over]:
        trace.remove(event)


def lost_plan(trace: Trace) -> None:
    trace.command(LANES["bulk"], "plan-delivery", "d9", 60)


def lost_outcome(trace: Trace) -> None:
    trace.remove(the(trace, "attempt-ended"))


@pytest.mark.parametrize(
    ("plant", "what"),
    [
        (lost_check_in, "check-in had no effect"),
        (lost_check_out, "check-out had no effect"),
        (lost_report, "report-incident had no effect"),
        (lost_answer, "acknowledge-order had no effect"),
        (lost_assignment, "assign-units had no effect"),
        (lost_end, "clear-incident had no effect"),
        (lost_plan, "plan-delivery had no effect"),
        (lost_outcome, "end-attempt had no effect"),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_a_command_that_was_acknowledged_and_not_decided_is_told(plant: Callable[[Trace], None], what: str) -> None:
    trace = whole()
    plant(trace)
    assert [line for line in said(trace) if what in line]


def test_events_that_do_not_fit_together_are_told_and_the_rest_is_judged() -> None:
    trace = whole()
    lost_plan(trace)
    trace.remove(the(trace, "order-issued"))
    assert [line.split(":")[0] for line in said(trace)] == [
        "the events of i1 do not fit together",
        "plan-delivery had no effect",
    ]


def test_commands_that_were_refused_with_reason_need_no_effect() -> None:
    trace = whole()
    old = check_in(trace, "m3", 700, step=5)
    trace.replace(old, value=with_body(old, scanned_at=text(99)))
    check_in(trace, "m1", 70, step=1)  # a code that was used
    trace.command(CHECKIN_COMMANDS, "check-out", UNIT, 71, member_id="m9")
    trace.command(DISPATCH_COMMANDS, "clear-incident", INCIDENT, 72)
    answer(trace, INCIDENT, "acknowledge-order", "o2", 73, OTHER_UNIT)
    answer(trace, INCIDENT, "acknowledge-order", "o9", 73)
    trace.copy(trace.records[LANES["emergency"]][0], id="plan-again")
    assert said(trace) == []


def test_what_was_put_aside_needs_no_effect() -> None:
    trace = whole()
    command = trace.command(DISPATCH_COMMANDS, "report-incident", "i9", 60)
    trace.letters = [letter(command.place, "a fault of the rules")]
    assert said(trace) == ["put aside by dispatch, and it was not injected: a fault of the rules"]
