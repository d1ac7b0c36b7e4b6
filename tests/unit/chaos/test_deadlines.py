"""Rule 3: each deadline once, when due, unless something came first."""

import pytest

from tests.chaos.checker.contracts import CHECKIN_COMMANDS, DISPATCH_COMMANDS
from tests.chaos.checker.log import TICK, Record
from tests.chaos.checker.rules.deadlines import Ticks, deadlines
from tests.unit.chaos.traces import INCIDENT, OTHER_UNIT, Trace, answer, at, duty, incident, text, the, with_body


def whole() -> Trace:
    trace = Trace()
    duty(trace)
    incident(trace)
    return trace


def said(trace: Trace) -> list[str]:
    return [violation.what for violation in deadlines(trace.log()).violations]


def tick(trace: Trace, second: float) -> Record:
    """The tick of this time."""
    ticks = (record for topic in (CHECKIN_COMMANDS, DISPATCH_COMMANDS) for record in trace.records[topic])
    return next(record for record in ticks if record.kind == TICK and record.at_us == at(second))


def fire_again(trace: Trace, kind: str) -> None:
    first = the(trace, kind)
    last = max(record.sequence for record in trace.records[first.place.topic])
    trace.copy(first, sequence=last + 1, id="again")


def test_deadlines_that_fire_at_the_first_tick_are_sound() -> None:
    finding = deadlines(whole().log())
    assert finding.violations == []
    assert finding.figures["deadlines"] == {
        "lease fired": 1,
        "lease gone": 1,
        "silence fired": 1,
        "silence gone": 1,
        "stage fired": 1,
    }


def test_lateness_is_counted_from_when_it_was_due() -> None:
    late = deadlines(whole().log()).figures["lateness, s"]
    assert {kind: round(figures["worst"], 3) for kind, figures in late.items()} == {
        "silence": 0.2,
        "stage": 0.3,
        "lease": 0.4,
    }


@pytest.mark.parametrize(
    ("kind", "name"), [("order-unanswered", "silence"), ("stage-missed", "stage"), ("member-checked-out", "lease")]
)
def test_a_deadline_that_fires_twice_is_told(kind: str, name: str) -> None:
    trace = whole()
    if kind == "member-checked-out":
        lapse = the(trace, kind, 1)
        trace.copy(lapse, sequence=9, id="again")
    else:
        fire_again(trace, kind)
    assert f"{name} fired 2 times" in said(trace)


def test_a_deadline_that_fires_by_a_record_from_before_it_was_due_is_early_whatever_it_says() -> None:
    trace = whole()
    event = the(trace, "order-unanswered")
    trace.replace(event, origin=tick(trace, 5.9).place)
    assert said(trace) == ["silence fired 100 ms early"]


def test_a_deadline_that_says_an_earlier_time_is_early() -> None:
    trace = whole()
    event = the(trace, "stage-missed")
    trace.replace(event, value=with_body(event, at=text(29.5)))
    assert said(trace) == ["stage fired 500 ms early"]


@pytest.mark.parametrize(
    ("kind", "number", "what"),
    [
        ("order-unanswered", 0, "never fired"),
        ("stage-missed", 0, "did not fire at the first tick"),  # it was attained later
        ("member-checked-out", 1, "never fired"),
    ],
)
def test_a_deadline_that_does_not_fire_is_told(kind: str, number: int, what: str) -> None:
    trace = whole()
    trace.remove(the(trace, kind, number))
    assert [what in line for line in said(trace)] == [True]


def test_a_deadline_past_which_no_tick_has_come_is_not_due() -> None:
    trace = whole()
    for event in (the(trace, "member-checked-out", 1), tick(trace, 61.4), tick(trace, 62)):
        trace.remove(event)
    finding = deadlines(trace.log())
    assert finding.violations == []
    assert finding.figures["deadlines"]["lease not due"] == 1


def test_a_deadline_that_lets_a_tick_pass_is_told() -> None:
    trace = whole()
    event = the(trace, "member-checked-out", 1)
    trace.replace(event, origin=tick(trace, 62).place, value=with_body(event, at=text(62)))
    assert ["did not fire at the first tick" in what for what in said(trace)] == [True]


def test_what_comes_after_the_tick_past_a_deadline_does_not_do_away_with_it() -> None:
    """An order that was answered only after its silence should have been noticed."""
    trace = whole()
    heard = the(trace, "order-acknowledged")
    late = answer(trace, INCIDENT, "acknowledge-order", "o2", 60, OTHER_UNIT)
    trace.replace(heard, origin=late.place)
    assert ["did not fire at the first tick" in what for what in said(trace)] == [True]


def test_a_tick_that_nobody_has_read_yet_fires_nothing() -> None:
    trace = whole()
    trace.remove(the(trace, "member-checked-out", 1))
    log = trace.log()
    until = tick(trace, 61.4).place.offset
    read = {**log.committed, ("checkin.decide", CHECKIN_COMMANDS, 0): until}
    assert deadlines(trace.log(committed=read)).violations == []


def test_a_deadline_that_fires_after_its_end_is_told() -> None:
    trace = whole()
    heard = the(trace, "order-acknowledged")
    trace.copy(the(trace, "order-unanswered"), sequence=20, value=with_body(heard), origin=tick(trace, 51).place)
    assert "silence fired though order-acknowledged had come first" in said(trace)


def test_an_answer_that_lies_before_the_tick_must_be_heard() -> None:
    trace, sound = Trace(), Trace()
    for each, kind in ((trace, "acknowledge-order"), (sound, "report-arrival")):
        incident(each)
        silent = next(record for record in each.records[DISPATCH_COMMANDS] if record.kind == TICK)
        each.replace(silent, kind=kind, value=answer(Trace(), INCIDENT, kind, "o1", 5.9).value)
    assert said(sound) == []
    assert said(trace) == ["silence fired though an answer was in the log before"]


def test_an_answer_by_somebody_else_need_not_be_heard() -> None:
    trace = Trace()
    incident(trace)
    silent = next(record for record in trace.records[DISPATCH_COMMANDS] if record.kind == TICK)
    foreign = answer(Trace(), INCIDENT, "acknowledge-order", "o1", 5.9, OTHER_UNIT)
    trace.replace(silent, kind="acknowledge-order", value=foreign.value)
    assert said(trace) == []


def test_a_stage_says_rightly_whether_it_was_attained_in_time_and_once() -> None:
    trace = whole()
    event = the(trace, "stage-attained")
    trace.replace(event, value=with_body(event, in_time=True))
    assert ["in_time=True" in what for what in said(trace)] == [True]
    trace = whole()
    fire_again(trace, "stage-attained")
    assert said(trace) == ["stage 3 was attained 2 times"]


def test_the_first_tick_past_a_time_is_found_though_the_brokers_clocks_differ() -> None:
    trace = Trace()
    made = [trace.tick(DISPATCH_COMMANDS, second) for second in (1, 4, 3, 5, 4.5, 6)]
    ticks = Ticks(made)
    assert ticks.first_past(at(3.5), after=-1) == made[1]
    assert ticks.first_past(at(3.5), after=1) == made[3]
    assert ticks.first_past(at(4.2), after=3) == made[4]
    assert ticks.first_past(at(5), after=3) == made[5]
    assert ticks.first_past(at(0), after=2) == made[3]
    assert ticks.first_past(at(6.1), after=-1) is None


def test_a_lease_that_ends_before_it_should_is_told() -> None:
    trace = Trace()
    duty(trace)
    renewed = the(trace, "member-checked-in", 1)
    trace.replace(renewed, value=with_body(renewed, until=text(90)))
    assert said(trace) == ["lease fired 28600 ms early"]
