"""Rules 9 and 10: who is back when, and who stood still for how long."""

import pytest

from tests.chaos.checker.contracts import CHECKIN_COMMANDS, DUTY
from tests.chaos.checker.disturbance import RECOVERY_US, disturbed_us
from tests.chaos.checker.evidence import Fault, LagSample, RunFacts
from tests.chaos.checker.rules.lag_recovers import NORMAL_AT_LEAST, lag_recovers, rates
from tests.chaos.checker.rules.stalls import stalls
from tests.chaos.checker.times import SECOND_US, moment, text_of
from tests.unit.chaos.traces import UNIT, Trace, at, check_in, checked_in, duty

FACTS = RunFacts(seed=1, begun_us=at(0), load_ended_us=at(300), last_fault_ended_us=at(100), rest_at_us=at(320))
RATE = {DUTY: 100.0}  # 300 records are what comes in 3 s
RECOVERY_S = RECOVERY_US / SECOND_US


def samples(*lags: tuple[float, int]) -> list[LagSample]:
    return [LagSample(at(second), "dispatch.project", DUTY, lag) for second, lag in lags]


def test_a_group_that_is_back_within_a_minute_has_recovered() -> None:
    finding = lag_recovers(samples((50, 9000), (110, 5000), (158, 300), (160, 20), (290, 0)), FACTS, RATE)
    assert finding.violations == []
    assert finding.figures["slowest to recover, s"] == 58.0


@pytest.mark.parametrize(
    "taken",
    [
        samples((110, 5000), (163, 300), (165, 20)),
        samples((110, 5000), (150, 20), (152, 5000), (170, 20), (172, 20)),
        samples((110, 20), (112, 20), (290, 5000)),
        samples((110, 5000), (120, 5000)),
        samples((50, 20), (60, 20)),
    ],
    ids=["late", "once is no recovery", "not at the end", "never", "not looked at"],
)
def test_a_group_that_is_not_is_told(taken: list[LagSample]) -> None:
    assert not lag_recovers(taken, FACTS, RATE).holds


def test_a_topic_that_is_seldom_written_to_may_have_a_burst() -> None:
    burst = samples((110, NORMAL_AT_LEAST), (112, NORMAL_AT_LEAST))
    assert lag_recovers(burst, FACTS, {}).holds


def test_ticks_that_lie_before_stopped_deciders_are_no_lag_of_the_load() -> None:
    lags = ((110, 5), (112, 5), (310, 5000))
    decider = [LagSample(at(second), "checkin.decide", CHECKIN_COMMANDS, lag) for second, lag in lags]
    assert lag_recovers(decider, FACTS, {}).holds


def test_rates_are_means_over_the_load() -> None:
    trace = Trace()
    duty(trace)
    assert rates(trace.log(), FACTS)[DUTY] == len(trace.records[DUTY]) / 300


def stalled(seconds: float) -> Trace:
    """Two check-ins that waited, of which the first one longest."""
    trace = Trace()
    for number in (0, 1):
        command = check_in(trace, f"m{number}", number, step=1)
        [event] = trace.tell(command, UNIT, checked_in(f"m{number}", 60, step=1))
        trace.replace(event, timestamp_ms=(at(seconds) // 1000))
    return trace


def fault(kind: str, second: float, until: float | None = None) -> Fault:
    return Fault(at(second), at(second if until is None else until), kind, "checkin-1")


KILL = fault("kill-worker", 0.5)


def said(trace: Trace, *faults: Fault) -> list[str]:
    return [violation.what for violation in stalls(trace.log(), faults).violations]


def test_a_stall_of_12_s_after_a_kill_is_what_was_promised() -> None:
    finding = stalls(stalled(12).log(), [KILL])
    assert finding.violations == []
    assert finding.figures["waits, s"]["checkin"]["worst"] == 12.0


def test_a_longer_one_is_told_once_for_its_partition() -> None:
    assert said(stalled(14), KILL) == [
        "meu.checkin.commands.v1/0 stood still for 14.0 s after one kill-worker of checkin-1"
    ]


def test_so_is_one_that_nothing_explains() -> None:
    assert said(stalled(14)) == ["meu.checkin.commands.v1/0 stood still for 14.0 s with no fault near it"]


@pytest.mark.parametrize(
    "faults",
    [
        (KILL, fault("kill-redis", 5)),
        (KILL, fault("stop-broker", -30, -RECOVERY_S + 1)),
        (fault("stop-worker", 0, 30),),
    ],
)
def test_a_stall_among_several_faults_or_in_a_long_one_is_a_figure_only(faults: tuple[Fault, ...]) -> None:
    assert said(stalled(14), *faults) == []


def test_a_fault_long_before_explains_nothing() -> None:
    assert said(stalled(14), fault("kill-worker", -RECOVERY_S - 1)) != []


def test_the_first_publication_counts_not_its_repeats() -> None:
    trace = stalled(3)
    trace.copy(trace.records[DUTY][0], timestamp_ms=at(90) // 1000)
    assert stalls(trace.log(), []).figures["waits, s"]["checkin"]["worst"] == 3.0


def test_disturbed_time_is_counted_once_where_faults_overlap() -> None:
    faults = [fault("kill-worker", 0), fault("stop-worker", 5, 40), fault("kill-redis", 100)]
    assert disturbed_us(faults, at(-10), at(200)) / SECOND_US == 40 + RECOVERY_S + RECOVERY_S
    assert disturbed_us(faults, at(10), at(20)) == 10 * SECOND_US
    assert disturbed_us([], at(0), at(10)) == 0


def test_moments_are_whole_microseconds_in_any_offset() -> None:
    assert moment("2026-01-01T08:00:00.000001+08:00") == moment("2026-01-01T00:00:00.000001Z") == at(0) + 1
    assert moment(text_of(at(1.25))) == at(1.25)
    with pytest.raises(ValueError, match="no offset"):
        moment("2026-01-01T00:00:00")
