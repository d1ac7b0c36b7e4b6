"""Rule 5: live state, and what dispatch reads, are what the events come to."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.checker.evidence import LiveState, Remembered
from tests.chaos.checker.log import Log
from tests.chaos.checker.reading.redis_state import remembered
from tests.chaos.checker.rules.read_side_equals_log import read_side_equals_log
from tests.chaos.checker.rules.redis_equals_log import redis_equals_log
from tests.unit.chaos.live_states import CALLING, DUTY_STATE, INCIDENT_STATE, SETTLED, live, order
from tests.unit.chaos.traces import INCIDENT, PATH, UNIT, Trace, assign, at, delivery, duty, incident, report, text


def whole() -> Log:
    trace = Trace()
    duty(trace)
    incident(trace)
    delivery(trace, "d1", "o1", "accepted")
    delivery(trace, "d2", "o2", second=7)
    return trace.log()


LOG = whole()
LIVE = live(LOG)
DUTY_KEY, INCIDENT_KEY = ("checkin", UNIT), ("dispatch", INCIDENT)
SETTLED_KEY, CALLING_KEY = ("notify-emergency", "d1"), ("notify-emergency", "d2")


def with_state(key: tuple[str, str], stored_state: dict[str, Any], **changes: Any) -> LiveState:
    stored = replace(LIVE.aggregates[key], state=json.dumps({**stored_state, **changes}))
    return replace(LIVE, aggregates={**LIVE.aggregates, key: stored})


def said(found: LiveState) -> list[str]:
    return [violation.what.split(":")[0] for violation in redis_equals_log(LOG, found).violations]


def test_what_is_stored_is_read_as_it_is_written() -> None:
    assert remembered('7\nc1\na b\n{"state":\n"open"}') == Remembered(7, ("a", "b"), '{"state":\n"open"}')


def test_live_state_that_is_the_fold_of_the_log_is_sound() -> None:
    finding = redis_equals_log(LOG, LIVE)
    assert finding.violations == []
    assert finding.checked == 4


@pytest.mark.parametrize(
    ("found", "what"),
    [
        (with_state(DUTY_KEY, DUTY_STATE, used_steps=[]), "codes used"),
        (with_state(DUTY_KEY, DUTY_STATE, facts={"quorum": 2}), "quorum"),
        (
            with_state(DUTY_KEY, DUTY_STATE, kind="manned", leases=[{"member_id": "m2", "until": text(61)}]),
            "on duty",
        ),
        (with_state(INCIDENT_KEY, INCIDENT_STATE, state="open"), "state"),
        (with_state(INCIDENT_KEY, INCIDENT_STATE, level=1), "level"),
        (with_state(INCIDENT_KEY, INCIDENT_STATE, orders=[order("o1", UNIT, "unanswered")]), "orders"),
        (with_state(INCIDENT_KEY, INCIDENT_STATE, stages=[]), "stages"),
        (with_state(INCIDENT_KEY, INCIDENT_STATE, rounds=[]), "rounds"),
        (with_state(SETTLED_KEY, SETTLED, why="expired"), "closed as"),
        (with_state(SETTLED_KEY, SETTLED, read_ids=["m1"]), "read by"),
        (with_state(SETTLED_KEY, SETTLED, state="open", recipients=[]), "state"),
        (with_state(CALLING_KEY, CALLING, calls=[]), "attempts out"),
        (with_state(CALLING_KEY, CALLING, recipients=[]), "recipients"),
        (replace(LIVE, due_ms={}), "deadline"),
        (replace(LIVE, due_ms={**LIVE.due_ms, DUTY_KEY: 1}), "deadline (the first lease's end)"),
        (replace(LIVE, due_ms={**LIVE.due_ms, INCIDENT_KEY: 1}), "deadline"),
        (replace(LIVE, aggregates={**LIVE.aggregates, ("dispatch", "i9"): LIVE.aggregates[INCIDENT_KEY]}), None),
        (replace(LIVE, aggregates={k: v for k, v in LIVE.aggregates.items() if k != DUTY_KEY}), None),
    ],
)
def test_what_differs_is_told(found: LiveState, what: str | None) -> None:
    assert (what or said(found)[0]) in said(found)


@pytest.mark.parametrize("change", [{"sequence": 3}, {"handled": ("another",)}])
def test_a_state_of_another_moment_or_that_forgot_what_it_handled_is_told(change: dict[str, Any]) -> None:
    stored = replace(LIVE.aggregates[INCIDENT_KEY], **change)
    assert said(replace(LIVE, aggregates={**LIVE.aggregates, INCIDENT_KEY: stored})) != []


def test_an_open_incident_must_wait_for_its_stage() -> None:
    trace = Trace()
    report(trace, INCIDENT, 0)
    log = trace.log()
    state = {**INCIDENT_STATE, "state": "open", "level": 1, "orders": [], "rounds": [{"number": 1, "answered": False}]}
    state["stages"] = [{"number": 3, "attained_at": None, "missed_at": None}]
    events = log.stories["meu.dispatch.incident.v1"][INCIDENT].events
    stored = Remembered(2, (events[0].causation,), json.dumps(state))

    def judged(due_ms: dict[tuple[str, str], int]) -> bool:
        return redis_equals_log(log, LiveState(aggregates={INCIDENT_KEY: stored}, due_ms=due_ms)).holds

    assert judged({INCIDENT_KEY: at(30) // 1000})
    assert judged({INCIDENT_KEY: at(10) // 1000})  # an order's silence may come first
    assert not judged({INCIDENT_KEY: at(31) // 1000})
    assert not judged({})


def test_a_read_side_that_is_the_fold_of_the_log_is_sound() -> None:
    finding = read_side_equals_log(LOG, LIVE)
    assert finding.violations == []
    assert finding.checked == 4


@pytest.mark.parametrize(
    "found",
    [
        replace(LIVE, orders={UNIT: {"o1": f"0 5 {INCIDENT}"}}),
        replace(LIVE, doubly_ordered=frozenset({UNIT})),
        replace(LIVE, units={}),
        replace(LIVE, units={UNIT: {**LIVE.units[UNIT], "duty_sequence": "7"}}),
        replace(LIVE, units={UNIT: {**LIVE.units[UNIT], "members": "1", "on_duty": '["m1"]'}}),
        replace(LIVE, nodes={**LIVE.nodes, ("open", PATH): frozenset({INCIDENT})}),
        replace(LIVE, nodes={key: found for key, found in LIVE.nodes.items() if key != ("any", "/440100")}),
        replace(LIVE, summaries={}),
        replace(LIVE, event_counts={INCIDENT: 3}),
    ],
)
def test_what_differs_in_the_read_side_is_told(found: LiveState) -> None:
    assert read_side_equals_log(LOG, found).violations


def test_an_open_order_must_be_found_at_its_unit() -> None:
    trace = Trace()
    report(trace, INCIDENT, 0)
    assign(trace, INCIDENT, "o1", UNIT, 1)
    log = trace.log()
    nodes = {(status, node): frozenset({INCIDENT}) for status in ("any", "open") for node in ("/440100", PATH)}
    found = LiveState(
        orders={UNIT: {"o1": f"0 1767225601000 {INCIDENT}"}},
        nodes=nodes,
        summaries={INCIDENT: {"state": "open", "level": "1"}},
        event_counts={INCIDENT: 4},
    )
    assert read_side_equals_log(log, found).violations == []
    [violation] = read_side_equals_log(log, replace(found, orders={})).violations
    assert violation.what == "open orders: ['o1'] by the log, [] in Redis"
