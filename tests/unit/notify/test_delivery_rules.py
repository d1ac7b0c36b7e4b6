"""What a delivery does, one rule a test."""

from datetime import timedelta

import pytest

from services.notify.domain.events import (
    AttemptBegun,
    AttemptEnded,
    DeliveryAcknowledged,
    DeliveryExpired,
    DeliveryPlanned,
    DeliveryWithdrawn,
    RecipientUnreachable,
)
from services.notify.domain.policies import back_off
from services.notify.domain.state import Closed, Open, due, keep_for
from shared.vocabulary.ids import derived_id
from shared.vocabulary.terms import AttemptOutcome, ChannelKind, Lane
from tests.unit.notify.deliveries import (
    ACCEPTED,
    FAILED,
    INBOX,
    SMS,
    T0,
    UNKNOWN,
    WEBHOOK,
    WITHDRAW,
    Log,
    acknowledge,
    ended,
    plan,
    recipient,
    seconds,
)


def test_recipients_with_the_same_first_channel_share_one_attempt() -> None:
    log = Log(plan(recipient("a", INBOX, SMS), recipient("b", SMS), recipient("c", INBOX)))
    assert [(e.channel, e.recipient_ids) for e in log.of(AttemptBegun)] == [(INBOX, ("a", "c")), (SMS, ("b",))]


def test_an_attempts_id_is_a_function_of_what_it_is() -> None:
    begun = Log(plan(recipient("a", SMS))).last_begun()
    assert begun.attempt_id == derived_id("attempt", "d1", "sms", 1, "a")


@pytest.mark.parametrize(("lane", "after"), [(Lane.EMERGENCY, 30), (Lane.NORMAL, 120), (Lane.BULK, 900)])
def test_without_an_outcome_an_attempt_is_given_up_as_unknown(lane: Lane, after: int) -> None:
    log = Log(plan(recipient("a", SMS), lane=lane, expires_at=T0 + seconds(3600)))
    assert log.last_begun().unknown_at == T0 + seconds(after)
    assert log.wait(after - 1) == ()
    log.wait(1)
    (end,) = log.of(AttemptEnded)
    assert (end.results[0].outcome, end.latency_ms) == (UNKNOWN, None)


def test_planned_again_it_is_not_delivered_again() -> None:
    log = Log(plan(recipient("a", SMS)))
    assert log.do(plan(recipient("a", SMS), recipient("b", SMS)), after=seconds(5)) == ()


def test_a_person_named_twice_gets_it_once() -> None:
    log = Log(plan(recipient("a", SMS), recipient("a", INBOX)))
    assert log.of(DeliveryPlanned)[0].recipients == (recipient("a", SMS),)
    assert len(log.of(AttemptBegun)) == 1


def test_a_delivery_that_everybody_got_is_closed() -> None:
    log = Log(plan(recipient("a", SMS), recipient("b", INBOX)))
    for begun in log.of(AttemptBegun):
        assert isinstance(log.state, Open)
        log.do(ended(begun, dict.fromkeys(begun.recipient_ids, ACCEPTED)))
    assert isinstance(log.state, Closed)
    assert due(log.state) is None
    assert keep_for(log.state) == timedelta(days=8)


def test_a_delivery_to_nobody_is_planned_and_closed() -> None:
    log = Log(plan())
    assert [type(e) for e in log.events] == [DeliveryPlanned]
    assert isinstance(log.state, Closed)


def test_failures_are_tried_three_times_then_over_the_next_channel_then_shown_as_a_gap() -> None:
    log = Log(plan(recipient("a", SMS, INBOX)))
    for _ in range(6):
        log.do(ended(log.last_begun(), {"a": FAILED}))
        log.wait(6)
    assert [(e.channel, e.number) for e in log.of(AttemptBegun)] == [
        (kind, number) for kind in (SMS, INBOX) for number in (1, 2, 3)
    ]
    assert [(e.member_id, e.reason) for e in log.of(RecipientUnreachable)] == [("a", "all-channels-failed")]
    assert isinstance(log.state, Closed)


def test_the_next_channel_is_tried_at_once() -> None:
    log = Log(plan(recipient("a", SMS, INBOX)))
    for _ in range(2):
        log.do(ended(log.last_begun(), {"a": FAILED}))
        log.wait(6)
    events = log.do(ended(log.last_begun(), {"a": FAILED}))
    assert [type(e) for e in events] == [AttemptEnded, AttemptBegun]
    assert log.last_begun().channel is INBOX


@pytest.mark.parametrize(("tries", "base"), [(1, 1.0), (2, 4.0)])
def test_a_retry_waits_about_one_second_then_four_the_same_at_each_replay(tries: int, base: float) -> None:
    waits = {back_off(tries, f"attempt-{number}").total_seconds() for number in range(200)}
    assert len(waits) == 200
    assert base * 0.75 <= min(waits) < base * 0.8
    assert base * 1.2 < max(waits) <= base * 1.25
    assert back_off(tries, "attempt-1") == back_off(tries, "attempt-1")


def test_a_retry_begins_when_its_time_has_come_and_not_before() -> None:
    log = Log(plan(recipient("a", SMS)))
    log.do(ended(log.last_begun(), {"a": FAILED}))
    assert log.wait(0.7) == ()
    assert [type(e) for e in log.wait(0.6)] == [AttemptBegun]


def test_one_recipients_failure_does_not_touch_the_others_of_its_attempt() -> None:
    log = Log(plan(recipient("a", SMS), recipient("b", SMS), recipient("c", SMS)))
    log.do(ended(log.last_begun(), {"a": ACCEPTED, "b": FAILED, "c": ACCEPTED}))
    log.wait(2)
    assert log.last_begun().recipient_ids == ("b",)


def test_an_emergency_is_sent_again_after_an_unknown_outcome() -> None:
    log = Log(plan(recipient("a", SMS)))
    log.do(ended(log.last_begun(), {"a": UNKNOWN}))
    log.wait(2)
    assert [e.number for e in log.of(AttemptBegun)] == [1, 2]


@pytest.mark.parametrize("lane", [Lane.NORMAL, Lane.BULK])
def test_anything_else_is_not_sent_again_after_an_unknown_outcome(lane: Lane) -> None:
    log = Log(plan(recipient("a", SMS, INBOX), lane=lane))
    log.do(ended(log.last_begun(), {"a": UNKNOWN}))
    log.wait(3600)
    assert len(log.of(AttemptBegun)) == 1
    assert log.of(RecipientUnreachable) == []
    assert isinstance(log.state, Closed)


def test_an_emergency_whose_outcomes_stay_unknown_ends_without_calling_anybody_unreachable() -> None:
    log = Log(plan(recipient("a", SMS)))
    for _ in range(3):
        log.do(ended(log.last_begun(), {"a": UNKNOWN}))
        log.wait(6)
    assert log.of(RecipientUnreachable) == []
    assert isinstance(log.state, Closed)


def test_a_recipient_that_the_provider_does_not_mention_is_unknown() -> None:
    log = Log(plan(recipient("a", SMS), recipient("b", SMS), lane=Lane.NORMAL))
    log.do(ended(log.last_begun(), {"a": ACCEPTED, "stranger": ACCEPTED}))
    (end,) = log.of(AttemptEnded)
    assert [(r.member_id, r.outcome) for r in end.results] == [("a", ACCEPTED), ("b", UNKNOWN)]


def test_an_outcome_heard_twice_is_recorded_once() -> None:
    log = Log(plan(recipient("a", SMS), recipient("b", INBOX)))
    first = ended(log.of(AttemptBegun)[0], {"a": ACCEPTED})
    log.do(first)
    assert log.do(first) == ()


def test_an_outcome_after_it_was_given_up_changes_nothing() -> None:
    log = Log(plan(recipient("a", SMS), lane=Lane.NORMAL))
    begun = log.last_begun()
    log.wait(120)
    assert log.do(ended(begun, {"a": FAILED})) == ()


def test_who_has_no_channel_is_shown_at_once_and_blocks_nobody() -> None:
    log = Log(plan(recipient("a"), recipient("b", SMS)))
    assert [(e.member_id, e.reason) for e in log.of(RecipientUnreachable)] == [("a", "no-channel")]
    assert log.last_begun().recipient_ids == ("b",)


def test_who_acknowledges_gets_no_further_attempt() -> None:
    log = Log(plan(recipient("a", SMS), recipient("b", SMS)))
    log.do(ended(log.last_begun(), {"a": FAILED, "b": FAILED}))
    log.do(acknowledge("a"))
    log.wait(2)
    assert log.last_begun().recipient_ids == ("b",)


def test_who_acknowledges_while_an_attempt_is_out_gets_no_further_one() -> None:
    log = Log(plan(recipient("a", SMS)))
    log.do(acknowledge("a"))
    assert isinstance(log.state, Open)
    log.do(ended(log.last_begun(), {"a": FAILED}))
    log.wait(2)
    assert len(log.of(AttemptBegun)) == 1
    assert isinstance(log.state, Closed)


def test_an_acknowledgement_counts_once_a_person_with_its_delay() -> None:
    log = Log(plan(recipient("a", SMS), recipient("b", SMS)))
    log.do(acknowledge("a"), after=seconds(7))
    assert log.do(acknowledge("a")) == ()
    log.do(acknowledge("b"))
    assert [(e.member_id, e.after_s) for e in log.of(DeliveryAcknowledged)] == [("a", 7.0), ("b", 7.0)]


def test_only_recipients_acknowledge() -> None:
    assert Log(plan(recipient("a", SMS))).refusal(acknowledge("b")) == "not-a-recipient"


@pytest.mark.parametrize("command", [acknowledge("a"), WITHDRAW])
def test_what_was_never_planned_is_refused(command: object) -> None:
    assert Log().refusal(command) == "delivery-unknown"  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", [ACCEPTED, FAILED, UNKNOWN])
def test_after_a_withdrawal_nothing_begins_and_what_was_out_is_still_recorded(outcome: AttemptOutcome) -> None:
    log = Log(plan(recipient("a", SMS), recipient("b", WEBHOOK)))
    first, second = log.of(AttemptBegun)
    log.do(ended(second, {"b": FAILED}))
    log.do(WITHDRAW)
    log.do(ended(first, {"a": outcome}))
    log.wait(60)
    assert len(log.of(AttemptBegun)) == 2
    assert len(log.of(AttemptEnded)) == 2
    assert [e.reason for e in log.of(DeliveryWithdrawn)] == ["answered"]


def test_what_is_out_at_a_withdrawal_is_given_up_in_time() -> None:
    log = Log(plan(recipient("a", SMS)), WITHDRAW)
    assert keep_for(log.state) is None
    log.wait(30)
    assert log.of(AttemptEnded)[0].results[0].outcome is UNKNOWN
    assert keep_for(log.state) is not None


def test_a_delivery_is_withdrawn_once() -> None:
    log = Log(plan(recipient("a", SMS)), WITHDRAW)
    assert log.do(WITHDRAW) == ()


def test_what_everybody_got_can_still_be_withdrawn_from_their_inboxes() -> None:
    log = Log(plan(recipient("a", SMS)))
    log.do(ended(log.last_begun(), {"a": ACCEPTED}))
    assert [type(e) for e in log.do(WITHDRAW)] == [DeliveryWithdrawn]


def test_acknowledgements_are_taken_after_a_withdrawal() -> None:
    log = Log(plan(recipient("a", SMS)), WITHDRAW)
    assert [type(e) for e in log.do(acknowledge("a"))] == [DeliveryAcknowledged]
    assert log.do(acknowledge("a")) == ()
    assert log.refusal(acknowledge("b")) == "not-a-recipient"


def test_who_was_not_reached_in_time_is_named() -> None:
    log = Log(plan(recipient("a", SMS), recipient("b", INBOX), expires_at=T0 + seconds(1)))
    log.do(ended(log.of(AttemptBegun)[1], {"b": ACCEPTED}))
    log.do(ended(log.of(AttemptBegun)[0], {"a": FAILED}))
    log.wait(5)
    assert [e.unreached_ids for e in log.of(DeliveryExpired)] == [("a",)]
    assert len(log.of(AttemptBegun)) == 2


def test_who_may_have_got_it_is_not_named_as_unreached() -> None:
    log = Log(plan(recipient("a", SMS), expires_at=T0 + seconds(1)))
    log.do(ended(log.last_begun(), {"a": UNKNOWN}))
    log.wait(5)
    assert [e.unreached_ids for e in log.of(DeliveryExpired)] == [()]


def test_an_expiry_waits_for_what_is_out_to_know_who_never_got_it() -> None:
    log = Log(plan(recipient("a", SMS), recipient("b", INBOX), expires_at=T0 + seconds(10)))
    log.do(ended(log.of(AttemptBegun)[1], {"b": FAILED}), after=seconds(9.9))
    assert log.wait(5) == ()
    log.do(ended(log.of(AttemptBegun)[0], {"a": ACCEPTED}))
    assert [e.unreached_ids for e in log.of(DeliveryExpired)] == [("b",)]


def test_what_is_planned_too_late_is_shown_and_not_sent() -> None:
    log = Log(plan(recipient("a", SMS), recipient("b"), expires_at=T0))
    assert [type(e) for e in log.events] == [DeliveryPlanned, RecipientUnreachable, DeliveryExpired]
    assert log.of(DeliveryExpired)[0].unreached_ids == ("a",)


def test_a_second_address_of_the_same_kind_is_not_a_second_channel() -> None:
    log = Log(plan(recipient("a", SMS, SMS, INBOX)))
    for _ in range(3):
        log.do(ended(log.last_begun(), {"a": FAILED}))
        log.wait(6)
    assert log.last_begun().channel is ChannelKind.INBOX
