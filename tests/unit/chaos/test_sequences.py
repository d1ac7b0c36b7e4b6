"""Rule 4: 1, 2, 3 …, repeats identical, every event from the record that it names."""

from collections.abc import Callable

import pytest

from tests.chaos.checker.contracts import DUTY, INCIDENTS, derived_id
from tests.chaos.checker.log import UNDECODABLE
from tests.chaos.checker.rules.sequences import sequences
from tests.unit.chaos.traces import Trace, delivery, duty, incident, text, the, with_body


def whole() -> Trace:
    trace = Trace()
    duty(trace)
    incident(trace)
    delivery(trace, "d1", "o1", "accepted")
    return trace


def said(trace: Trace) -> list[str]:
    return [violation.what for violation in sequences(trace.log()).violations]


def test_a_sound_log_is_sound() -> None:
    finding = sequences(whole().log())
    assert finding.violations == []
    assert finding.checked == sum(len(whole().records[topic]) for topic in (DUTY, INCIDENTS)) + 3


def test_events_published_again_are_sound_if_they_are_the_same() -> None:
    trace = whole()
    for event in list(trace.records[INCIDENTS])[3:6]:
        trace.copy(event, timestamp_ms=event.timestamp_ms + 900)
    assert said(trace) == []
    assert sequences(trace.log()).figures == {"events published again": 3}


def gap(trace: Trace) -> None:
    trace.remove(the(trace, "order-acknowledged"))


def step_back(trace: Trace) -> None:
    """The events of two commands, published the wrong way round."""
    last = trace.records[DUTY][-1]
    moved = trace.records[DUTY][2]
    trace.remove(moved)
    trace.records[DUTY].append(moved._replace(place=last.place._replace(offset=last.place.offset + 1)))


def other_body(trace: Trace) -> None:
    event = the(trace, "order-unanswered")
    trace.copy(event, value=with_body(event, reason="another"))


def other_id(trace: Trace) -> None:
    trace.copy(the(trace, "order-unanswered"), id="another")


def other_origin(trace: Trace) -> None:
    event = the(trace, "unit-duty-changed")
    trace.copy(event, origin=the(trace, "unit-duty-changed", 1).origin)


def half_published(trace: Trace) -> None:
    trace.remove(trace.records[DUTY][-1])


def decided_twice(trace: Trace) -> None:
    """A record whose decision was made again on the state after it."""
    event = trace.records[DUTY][-1]
    trace.copy(event, sequence=event.sequence + 1, id=derived_id("duty", event.subject, event.sequence + 1))


def random_id(trace: Trace) -> None:
    trace.replace(the(trace, "order-issued"), id="5f1e5a30-8c7a-4c3e-9b57-3b7f7a1f1c11")


def decided_backwards(trace: Trace) -> None:
    first, second = the(trace, "order-acknowledged"), the(trace, "order-unanswered")
    trace.replace(first, origin=second.origin._replace(offset=0) if second.origin else None)


def of_nothing(trace: Trace) -> None:
    event = the(trace, "order-acknowledged")
    trace.replace(event, origin=event.origin._replace(offset=999) if event.origin else None)


def of_nobody(trace: Trace) -> None:
    trace.replace(the(trace, "order-acknowledged"), origin=None)


def by_another_cause(trace: Trace) -> None:
    trace.replace(the(trace, "order-acknowledged"), causation="somebody")


def by_the_wall_clock(trace: Trace) -> None:
    event = the(trace, "order-unanswered")
    trace.replace(event, value=with_body(event, at=text(6.25)))


def elsewhere(trace: Trace) -> None:
    event = the(trace, "order-acknowledged")
    assert event.origin is not None
    trace.replace(event, origin=event.origin._replace(partition=3))


def nonsense(trace: Trace) -> None:
    trace.copy(trace.records[DUTY][0], kind=UNDECODABLE)


@pytest.mark.parametrize(
    ("plant", "what"),
    [
        (gap, "a gap"),
        (step_back, "a step back"),
        (other_body, "was published again, and differs"),
        (other_id, "was published again, and differs"),
        (other_origin, "was published again, and differs"),
        (half_published, "of which [2] are missing"),
        (decided_twice, "was decided 2 times"),
        (random_id, "not derived from its aggregate and sequence"),
        (decided_backwards, "was decided before"),
        (of_nothing, "where nothing is"),
        (of_nobody, "does not say from which command"),
        (by_another_cause, "names another cause"),
        (by_the_wall_clock, "does not have the time of"),
        (elsewhere, "lies in another partition than its command"),
        (nonsense, "no CloudEvent on an event topic"),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_what_is_wrong_is_told(plant: Callable[[Trace], None], what: str) -> None:
    trace = whole()
    plant(trace)
    assert [line for line in said(trace) if what in line]


def test_what_the_fault_run_wrote_itself_is_not_the_system_s() -> None:
    trace = whole()
    poison = trace.copy(trace.records[DUTY][0], kind=UNDECODABLE)
    trace.injected = {poison.place: "poison"}
    assert said(trace) == []
