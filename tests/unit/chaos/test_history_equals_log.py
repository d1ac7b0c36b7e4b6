"""Rule 6: the history holds each event once, and no other."""

from tests.chaos.checker.contracts import EVENTS, INCIDENTS, STATES
from tests.chaos.checker.evidence import Kept
from tests.chaos.checker.log import Log, Place, Record
from tests.chaos.checker.rules.history_equals_log import history_equals_log
from tests.unit.chaos.traces import Trace, delivery, duty, incident


def whole() -> Log:
    trace = Trace()
    duty(trace)
    incident(trace)
    delivery(trace, "d1", "o1", "accepted")
    trace.copy(trace.records[INCIDENTS][2])
    topic = STATES["unit"]
    trace.records[topic].append(Record(Place(topic, 0, 0), 1, "unit", "state-1", "u1", b"{}"))
    return trace.log()


LOG = whole()


def kept() -> dict[str, list[Kept]]:
    rows = {
        topic: [
            (event.id, event.subject, event.sequence, f"meu.any.{event.kind}.v1")
            for story in LOG.stories[topic].values()
            for event in story.events
        ]
        for topic in EVENTS
    }
    return {**rows, STATES["unit"]: [("state-1", "u1", 0, "meu.registry.unit.v1"), ("older", "u1", 0, "")]}


def said(rows: dict[str, list[Kept]]) -> list[str]:
    return [violation.what for violation in history_equals_log(LOG, rows).violations]


def test_a_history_of_each_event_once_is_sound() -> None:
    assert said(kept()) == []


def test_an_event_that_is_missing_is_told_with_its_place() -> None:
    rows = kept()
    del rows[INCIDENTS][0]
    [violation] = history_equals_log(LOG, rows).violations
    assert violation.what == f"{INCIDENTS}: incident-reported 1 of i1 is missing"
    assert violation.evidence == f"{INCIDENTS}/0/0"


def test_an_event_that_is_kept_twice_is_told() -> None:
    rows = kept()
    rows[INCIDENTS].append(rows[INCIDENTS][0])
    assert said(rows) == [f"{INCIDENTS}: kept 2 times"]


def test_an_event_that_is_not_in_the_log_is_told() -> None:
    rows = kept()
    rows[INCIDENTS].append(("foreign", "i9", 1, "meu.dispatch.incident-reported.v1"))
    assert ["is kept, and not in the log" in what for what in said(rows)] == [True]


def test_an_event_that_is_kept_as_another_is_told() -> None:
    rows = kept()
    event_id, _, sequence, kind = rows[INCIDENTS][0]
    rows[INCIDENTS][0] = (event_id, "i9", sequence, kind)
    assert ["kept as" in what for what in said(rows)] == [True]


def test_a_state_that_is_missing_is_told_and_older_ones_may_have_left_the_topic() -> None:
    rows = kept()
    rows[STATES["unit"]] = rows[STATES["unit"]][1:]
    assert ["a state of u1 is missing" in what for what in said(rows)] == [True]
