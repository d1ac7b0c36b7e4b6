"""Any order of plans, outcomes, answers, withdrawals and time keeps a delivery's promises."""

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pydantic import TypeAdapter

from services.notify.domain.commands import Command, EndAttempt
from services.notify.domain.decide import decide
from services.notify.domain.events import (
    AttemptBegun,
    AttemptEnded,
    DeliveryAcknowledged,
    DeliveryExpired,
    DeliveryPlanned,
    DeliveryWithdrawn,
    Event,
    RecipientUnreachable,
)
from services.notify.domain.evolve import evolve
from services.notify.domain.policies import TRIES_A_CHANNEL
from services.notify.domain.progress import Standing
from services.notify.domain.state import Closed, Open, State, Unplanned, due
from services.notify.domain.values import Result
from shared.vocabulary.decisions import Accepted, Refused, TimePassed
from shared.vocabulary.terms import AttemptOutcome, ChannelKind, Lane
from tests.unit.notify.deliveries import INBOX, SMS, T0, WEBHOOK, WITHDRAW, acknowledge, plan, recipient, seconds

MEMBERS = ("a", "b", "c")
outcomes = st.sampled_from([AttemptOutcome.FAILED, AttemptOutcome.UNKNOWN, AttemptOutcome.ACCEPTED])
member_ids = st.sampled_from((*MEMBERS, "stranger"))
channels = st.sampled_from([(SMS,), (SMS, INBOX), (INBOX, SMS, WEBHOOK), ()])
seldom = st.sampled_from([False, False, False, False, True])


class DeliveryMachine(RuleBasedStateMachine):
    """One delivery, its log, and a world that answers as it likes."""

    @initialize(
        lane=st.sampled_from(Lane),
        channels=st.tuples(channels, channels, channels),
        expires_s=st.sampled_from([2000, 5000, 40, 5, 0]),
    )
    def plan(self, lane: Lane, channels: tuple[tuple[ChannelKind, ...], ...], expires_s: int) -> None:
        self.now, self.state = T0, Unplanned()
        self.state: State
        self.log: list[tuple[Command | TimePassed, Any, tuple[Event, ...]]] = []
        self.lane = lane
        self.recipients = [recipient(m, *kinds) for m, kinds in zip(MEMBERS, channels, strict=True)]
        self.plan_again = plan(*self.recipients, lane=lane, expires_at=T0 + seconds(expires_s))
        self.do(self.plan_again)

    def do(self, command: Command | TimePassed) -> tuple[Event, ...]:
        was_closed = isinstance(self.state, Closed)
        decision = decide(self.state, command, self.now)
        events = decision.events if isinstance(decision, Accepted) else ()
        for event in events:
            self.state = evolve(self.state, event)
        if not isinstance(decision, Refused):
            self.log.append((command, self.now, events))
        assert not was_closed or isinstance(self.state, Closed), "a closed delivery opened again"
        return events

    @property
    def events(self) -> list[Event]:
        return [event for _, _, events in self.log for event in events]

    @rule(which=st.integers(0, 20), answers=st.lists(outcomes, min_size=3, max_size=3))
    def end_some_attempt(self, which: int, answers: list[AttemptOutcome]) -> None:
        begun = [e for e in self.events if isinstance(e, AttemptBegun)]
        if begun:
            self.end(begun[which % len(begun)], answers)

    @rule(answers=st.lists(outcomes, min_size=3, max_size=3))
    def end_the_last_attempt(self, answers: list[AttemptOutcome]) -> None:
        begun = [e for e in self.events if isinstance(e, AttemptBegun)]
        if begun:
            self.end(begun[-1], answers)

    def end(self, begun: AttemptBegun, answers: list[AttemptOutcome]) -> None:
        results = tuple(Result(m, o) for m, o in zip(begun.recipient_ids, answers, strict=False))
        self.do(EndAttempt(delivery_id="d1", attempt_id=begun.attempt_id, results=results, latency_ms=1))

    @rule(count=st.sampled_from([0.1, 0.8, 1.3, 5, 30, 1000]))
    def let_time_pass(self, count: float) -> None:
        self.now += seconds(count)
        self.do(TimePassed())

    @rule()
    def wait_for_the_next_deadline(self) -> None:
        deadline = due(self.state)
        if deadline is not None:
            self.now = max(self.now, deadline)
            before = self.state
            self.do(TimePassed())
            assert self.state != before, "a deadline that changes nothing would fire for ever"

    @rule(member_id=member_ids)
    def acknowledge(self, member_id: str) -> None:
        self.do(acknowledge(member_id))

    @rule(withdraw=seldom)
    def plan_it_again_or_withdraw_it(self, withdraw: bool) -> None:
        if withdraw:  # seldom: most of what can go wrong goes wrong in long lives
            self.do(WITHDRAW)
        else:
            assert self.do(self.plan_again) == ()

    @invariant()
    def nothing_begins_after_the_end_or_for_who_has_read_it(self) -> None:
        closed, read = False, set[str]()
        for event in self.events:
            if isinstance(event, AttemptBegun):
                assert not closed
                assert not read & set(event.recipient_ids)
                assert event.at < self.plan_again.expires_at
            closed |= isinstance(event, DeliveryWithdrawn | DeliveryExpired)
            if isinstance(event, DeliveryAcknowledged):
                assert event.member_id not in read
                read.add(event.member_id)

    @invariant()
    def a_channel_is_tried_at_most_three_times_and_in_order(self) -> None:
        tries = Counter((m, e.channel) for e in self.events if isinstance(e, AttemptBegun) for m in e.recipient_ids)
        assert max(tries.values(), default=0) <= TRIES_A_CHANNEL
        for person in self.recipients:
            order = [
                e.channel for e in self.events if isinstance(e, AttemptBegun) and person.member_id in e.recipient_ids
            ]
            wanted = [channel.kind for channel in person.channels]
            assert [wanted.index(kind) for kind in order] == sorted(wanted.index(kind) for kind in order)

    @invariant()
    def only_what_may_be_sent_again_is(self) -> None:
        final: dict[str, AttemptOutcome] = {}
        for event in self.events:
            if isinstance(event, AttemptBegun):
                assert not final.keys() & set(event.recipient_ids)
            if isinstance(event, AttemptEnded):
                for result in event.results:
                    unknown = result.outcome is AttemptOutcome.UNKNOWN and self.lane is not Lane.EMERGENCY
                    if result.outcome is AttemptOutcome.ACCEPTED or unknown:
                        final[result.member_id] = result.outcome

    @invariant()
    def an_attempt_ends_once_and_for_everybody_in_it(self) -> None:
        begun = {e.attempt_id: e.recipient_ids for e in self.events if isinstance(e, AttemptBegun)}
        ends = [e for e in self.events if isinstance(e, AttemptEnded)]
        assert len({e.attempt_id for e in ends}) == len(ends)
        assert all(begun[e.attempt_id] == tuple(r.member_id for r in e.results) for e in ends)
        assert len(begun) == sum(isinstance(e, AttemptBegun) for e in self.events)

    @invariant()
    def one_recipients_trouble_waits_for_nobody(self) -> None:
        if isinstance(self.state, Open):
            out = {m for call in self.state.calls for m in call.recipient_ids}
            for p in self.state.recipients:
                assert (p.standing is Standing.CALLING) == (p.member_id in out)
                assert (p.standing is Standing.WAITING) == (p.retry_at is not None)

    def teardown(self) -> None:
        if not hasattr(self, "log"):
            return
        while due(self.state) is not None:
            self.wait_for_the_next_deadline()
        assert isinstance(self.state, Closed)
        assert not self.state.calls
        self._everybody_ends_somewhere()
        self._replay_is_identical()

    def _everybody_ends_somewhere(self) -> None:
        ended: set[str] = set()
        for event in self.events:
            if isinstance(event, AttemptEnded):
                ended |= {r.member_id for r in event.results if r.outcome is not AttemptOutcome.FAILED}
            elif isinstance(event, RecipientUnreachable | DeliveryAcknowledged):
                ended.add(event.member_id)
            elif isinstance(event, DeliveryExpired):
                assert not ended & set(event.unreached_ids)
                ended |= set(event.unreached_ids)
        if not any(isinstance(event, DeliveryWithdrawn) for event in self.events):
            assert ended == {person.member_id for person in self.recipients}

    def _replay_is_identical(self) -> None:
        codec: TypeAdapter[State] = TypeAdapter(State)
        state: State = Unplanned()
        for command, now, events in self.log:
            state = codec.validate_json(codec.dump_json(state))
            decision = decide(state, command, now)
            assert isinstance(decision, Accepted)
            assert decision.events == events
            for event in events:
                state = evolve(state, event)
        assert state == self.state
        assert sum(isinstance(event, DeliveryPlanned) for event in self.events) == 1


TestDelivery = DeliveryMachine.TestCase
TestDelivery.settings = settings(max_examples=120, stateful_step_count=25, deadline=None)
