"""Rule 7: told, or shown as a gap; and what left is what the log says."""

from dataclasses import replace

import pytest

from tests.chaos.checker.contracts import LANES, derived_id
from tests.chaos.checker.evidence import SinkCall
from tests.chaos.checker.rules.told_or_shown import told_or_shown
from tests.unit.chaos.traces import (
    INCIDENT,
    NUMBER,
    UNIT,
    Trace,
    assign,
    at,
    attempt_id,
    begun,
    delivery,
    planned,
    report,
    the,
    with_body,
)


def call(number: int = 1, second: float = 1.5, answered: int = 200) -> SinkCall:
    return SinkCall(at(second), "sms", attempt_id("d1", number, "m1"), None, (NUMBER,), answered)


def said(trace: Trace, *calls: SinkCall, rest_s: float = 2_000) -> list[str]:
    return [violation.what for violation in told_or_shown(trace.log(), calls, at(rest_s)).violations]


def told(*outcomes: str, lane: str = "emergency") -> Trace:
    trace = Trace()
    delivery(trace, "d1", "o1", *outcomes, lane=lane)
    return trace


def test_who_was_told_is_told() -> None:
    finding = told_or_shown(told("accepted").log(), [call()], at(2_000))
    assert finding.violations == []
    assert finding.figures == {"recipients": {"reached": 1}, "sink calls": 1}


def test_an_emergency_is_sent_again_when_it_may_not_have_arrived() -> None:
    assert said(told("unknown", "accepted"), call(answered=0), call(2, 3)) == []


def test_anything_else_is_not() -> None:
    trace = told("unknown", "accepted", lane="normal")
    assert "sent again to m1 though it may have arrived" in said(trace, call(answered=0), call(2, 3))
    assert said(told("unknown", lane="normal"), call(answered=0)) == []


def test_who_is_never_heard_of_again_was_dropped() -> None:
    assert said(told("failed"), call(answered=503)) == ["m1 was dropped silently (waiting)"]


def test_an_attempt_without_an_end_drops_its_people() -> None:
    assert said(told(), call()) == ["m1 was dropped silently (calling)"]


def test_who_may_still_be_told_is_not_dropped_yet() -> None:
    assert said(told(), call(), rest_s=600) == []


def test_who_has_no_channel_left_must_be_shown() -> None:
    trace = told("failed", "failed", "failed")
    calls = [call(1, answered=503), call(2, 3, answered=503), call(3, 4, answered=503)]
    assert said(trace, *calls, rest_s=600) == ["m1 was dropped silently (exhausted)"]
    last = trace.records[LANES["emergency"]][-1]
    trace.tell(last, "d1", ("recipient-unreachable", {"member_id": "m1", "reason": "all-channels-failed"}))
    assert said(trace, *calls) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [("delivery-withdrawn", {"reason": "answered"}), ("delivery-expired", {"unreached_ids": ["m1"]})],
)
def test_a_delivery_that_is_over_drops_nobody(kind: str, body: dict[str, object]) -> None:
    trace = told("failed")
    trace.tell(trace.tick(LANES["emergency"], 901), "d1", (kind, body))
    assert said(trace, call(answered=503)) == []


def test_an_expiry_names_who_never_got_it() -> None:
    trace = told("failed")
    trace.tell(trace.tick(LANES["emergency"], 901), "d1", ("delivery-expired", {"unreached_ids": []}))
    assert said(trace, call(answered=503)) == ["m1 never got it, and the expiry does not say so"]


def test_an_order_of_which_nothing_was_planned_is_told() -> None:
    trace = Trace()
    report(trace, INCIDENT, 0)
    assign(trace, INCIDENT, "o1", UNIT, 1)
    assert said(trace) == ["no delivery was planned for this order"]
    delivery(trace, "d1", "o1", "accepted")
    assert said(trace, call()) == []


def test_a_call_for_an_attempt_that_is_not_in_the_log_is_told() -> None:
    assert said(Trace(), call()) == ["sms was called for an attempt that is not in the log"]


def test_a_call_before_its_attempt_was_written_is_told() -> None:
    assert ["before it was written" in what for what in said(told("accepted"), call(second=0.9))] == [True]


def test_a_call_to_somebody_else_is_told() -> None:
    stray = replace(call(), to=("13899999999",))
    assert "sms was called for others than the attempt's" in said(told("accepted"), call(), stray)


@pytest.mark.parametrize(("lane", "is_sound"), [("emergency", True), ("normal", False), ("bulk", False)])
def test_only_an_emergency_may_be_called_twice(lane: str, is_sound: bool) -> None:
    assert (said(told("accepted", lane=lane), call(), call(second=1.6)) == []) is is_sound


def test_who_counts_as_told_though_no_provider_took_it_is_told() -> None:
    told_nobody = ["m1 counts as told, and no call was answered so"]
    assert said(told("accepted")) == told_nobody
    assert said(told("accepted"), call(answered=503)) == told_nobody


def test_a_webhook_s_id_is_the_same_in_every_repeat() -> None:
    trace = Trace()
    delivery(trace, "d1", "o1", "accepted", channel="webhook")
    sound = SinkCall(
        at(1.5),
        "webhook",
        attempt_id("d1", 1, "m1", channel="webhook"),
        derived_id("webhook", "d1", "m1"),
        ("m1",),
        200,
    )
    assert said(trace, sound) == []
    assert said(trace, replace(sound, webhook_id="fresh")) == ["the webhook's id is not the one of every repeat"]


def test_an_attempt_with_an_id_of_its_own_is_told() -> None:
    trace = told()
    event = the(trace, "attempt-begun")
    trace.replace(event, value=with_body(event, attempt_id="random"))
    assert "the attempt's id is not derived from what it is" in said(trace)


def test_an_attempt_that_ended_and_never_began_is_told() -> None:
    trace = told("accepted")
    trace.remove(the(trace, "attempt-begun"))
    assert "ended, and never began" in said(trace)


def test_who_has_read_it_was_told() -> None:
    trace = Trace()
    plan = trace.command(LANES["emergency"], "plan-delivery", "d1", 1)
    trace.tell(plan, "d1", planned("o1", "m1", channel="inbox"), begun("d1", 1, "m1", channel="inbox"))
    read = trace.command(LANES["emergency"], "acknowledge-delivery", "d1", 2)
    trace.tell(read, "d1", ("delivery-acknowledged", {"member_id": "m1", "via": "inbox"}))
    assert said(trace) == []
