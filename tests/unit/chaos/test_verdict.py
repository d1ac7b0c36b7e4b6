"""A run is good only when every rule held, and was held against something."""

import json
from dataclasses import fields
from io import StringIO
from pathlib import Path

from rich.console import Console

from tests.chaos.checker import verdict
from tests.chaos.checker.contracts import EVENTS
from tests.chaos.checker.evidence import Evidence, LagSample, Operation, RunFacts, SinkCall
from tests.chaos.checker.judging import RULES, judge
from tests.chaos.checker.rules.finding import Finding, spread
from tests.unit.chaos.live_states import live
from tests.unit.chaos.traces import (
    NUMBER,
    UNIT,
    Trace,
    at,
    attempt_id,
    check_in,
    checked_in,
    delivery,
    duty,
    incident,
    the,
)

DONE = Operation(where="c:1", op="read", key="k", by="m1", path="/notify/v1/inbox/d1/acknowledge", final=200)


def evidence(trace: Trace) -> Evidence:
    """Of a run that went well: the small logs, and everything that goes with them."""
    log = trace.log()
    history = {
        topic: [
            (event.id, event.subject, event.sequence, f"meu.any.{event.kind}.v1")
            for story in log.stories[topic].values()
            for event in story.events
        ]
        for topic in EVENTS
    }
    calls = [(f"d{n}", second) for n, second in ((1, 1.5), (2, 7.5))]
    return Evidence(
        operations=(DONE,),
        faults=(),
        injected=(),
        sink=tuple(SinkCall(at(s), "sms", attempt_id(d, 1, "m1"), None, (NUMBER,), 200) for d, s in calls),
        lag=tuple(LagSample(at(second), "dispatch.project", EVENTS[0], 0) for second in (10, 12)),
        facts=RunFacts(seed=7, begun_us=at(0), load_ended_us=at(60), last_fault_ended_us=at(5), rest_at_us=at(70)),
        log=log,
        live=live(log),
        history=history,
    )


def sound() -> Trace:
    trace = Trace()
    duty(trace)
    incident(trace)
    delivery(trace, "d1", "o1", "accepted")
    delivery(trace, "d2", "o2", second=7)
    command = trace.command("meu.notify.emergency.v1", "acknowledge-delivery", "d1", 5, DONE.command_id)
    trace.tell(command, "d1", ("delivery-acknowledged", {"member_id": "m1", "via": "inbox"}))
    return trace


def broken(found: Evidence) -> set[str]:
    return {finding.rule for finding in judge(found) if finding.violations}


def test_a_run_without_a_fault_breaks_no_rule_but_for_what_changed_after_its_state_was_written() -> None:
    findings = {finding.rule: finding for finding in judge(evidence(sound()))}
    assert findings.keys() == RULES.keys()
    assert all(finding.checked for finding in findings.values())
    # What `live_states` has of `d1` knows nothing of the acknowledgement.
    assert {rule for rule, finding in findings.items() if not finding.holds} == {
        "redis-equals-log",
        "inboxes-equal-log",
    }


def test_a_rule_that_saw_nothing_does_not_hold() -> None:
    assert not Finding("any").holds
    assert Finding("any", checked=1).holds


def test_a_log_that_cannot_be_judged_breaks_the_rule() -> None:
    trace = sound()
    reported = the(trace, "incident-reported")
    trace.replace(reported, value=b"{}")
    assert "deadlines" in broken(evidence(trace))


def test_a_lost_event_breaks_the_rules_that_it_concerns() -> None:
    whole = evidence(sound())
    trace = sound()
    trace.remove(the(trace, "order-acknowledged"))
    found = Evidence(**{**{field.name: getattr(whole, field.name) for field in fields(whole)}, "log": trace.log()})
    assert {"sequences", "history-equals-log", "processed-or-buried"} <= broken(found)


def test_the_verdict_is_written_and_shown(tmp_path: Path) -> None:
    trace = sound()
    command = check_in(trace, "m[9]", 90, step=4)
    trace.tell(command, UNIT, checked_in("m[9]", 150, step=4))
    found = evidence(trace)
    findings = judge(found)
    verdict.write(findings, found, tmp_path / "verdict.json")
    said = json.loads((tmp_path / "verdict.json").read_text("utf-8"))
    assert (said["holds"], said["seed"]) == (False, 7)
    assert said["rules"]["redis-equals-log"]["violations"] == len(said["rules"]["redis-equals-log"]["first"]) > 0
    assert said["rules"]["stalls"]["holds"] is True
    shown = StringIO()
    verdict.show(findings, found, Console(file=shown, width=160))
    assert "redis-equals-log" in shown.getvalue()
    assert "m[9]" in shown.getvalue()  # what a log says is never read as markup


def test_figures_of_nothing_are_none() -> None:
    assert spread([]) == {"count": 0}
    assert spread([3.0, 1.0, 2.0]) == {"count": 3, "p50": 2.0, "p99": 3.0, "worst": 3.0}
