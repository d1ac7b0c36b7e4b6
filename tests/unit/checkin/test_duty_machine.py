"""Any order of check-ins, check-outs and time: the promises of duty hold, and a replay gives the same."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.checkin.adapters.duty_ledger import DECIDING, duty_codec
from services.checkin.domain.commands import CheckIn, CheckOut, DutyCommand
from services.checkin.domain.decide import decide
from services.checkin.domain.events import DutyEvent, MemberCheckedIn, MemberCheckedOut, UnitDutyChanged
from services.checkin.domain.evolve import evolve
from services.checkin.domain.state import Duty, Manned, Unseen, next_lapse, standing
from shared.vocabulary.decisions import Accepted, TimePassed
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import DutyState, SiteClass

members = st.sampled_from(["a", "b", "c", "d"])


class DutyMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.state: Duty = Unseen()
        self.log: list[tuple[DutyCommand, datetime]] = []
        self.events: list[DutyEvent] = []
        self.steps: set[tuple[str, str, int]] = set()

    def submit(self, command: DutyCommand) -> bool:
        decision = decide(self.state, command, self.now)
        self.log.append((command, self.now))
        if not isinstance(decision, Accepted):
            return False
        for event in decision.events:
            self.state = evolve(self.state, event)
        self.events += decision.events
        if decision.events:
            assert isinstance(decision.events[-1], UnitDutyChanged)
            assert sum(isinstance(event, UnitDutyChanged) for event in decision.events) == 1
        return True

    @rule(
        member=members,
        post=st.sampled_from(["p1", "p2"]),
        step=st.none() | st.integers(1, 6),
        quorum=st.integers(1, 4),
        lease_s=st.integers(1, 300),
        late_s=st.sampled_from([0, 599, 601]),
    )
    def somebody_checks_in(
        self, member: str, post: str, step: int | None, quorum: int, lease_s: int, late_s: int
    ) -> None:
        scanned_at = self.now - timedelta(seconds=late_s)
        command = CheckIn(
            "u", member, post, "s", "/4401", SiteClass.A, quorum, Point(113, 23), 5.0, step, scanned_at, lease_s
        )
        if self.submit(command):
            assert late_s <= 600
            if step is not None:
                assert (member, post, step) not in self.steps
                self.steps.add((member, post, step))
            assert standing(self.state).state is not DutyState.OFF

    @rule(member=members)
    def somebody_leaves(self, member: str) -> None:
        self.submit(CheckOut("u", member))
        present = self.state.leases if isinstance(self.state, Manned) else ()
        assert all(lease.member_id != member or lease.until <= self.now for lease in present)

    @rule(seconds=st.integers(0, 400))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        due = next_lapse(self.state)
        if due is not None and due <= self.now:
            self.submit(TimePassed())
        present = self.state.leases if isinstance(self.state, Manned) else ()
        assert all(lease.until > self.now for lease in present)

    @invariant()
    def the_unit_stands_as_its_quorum_says(self) -> None:
        if not isinstance(self.state, Manned):
            return
        count = len(self.state.leases)
        assert count > 0
        assert len({lease.member_id for lease in self.state.leases}) == count
        enough = count >= self.state.facts.quorum
        assert standing(self.state).state is (DutyState.ON if enough else DutyState.SHORT)

    @invariant()
    def the_last_event_tells_the_state(self) -> None:
        if not self.events:
            return
        last = self.events[-1]
        found = standing(self.state)
        assert isinstance(last, UnitDutyChanged)
        assert (last.state, last.until) == (found.state, found.until)
        assert last.on_duty == tuple(sorted(lease.member_id for lease in found.leases))

    @invariant()
    def who_came_and_did_not_go_is_there(self) -> None:
        there: set[str] = set()
        for event in self.events:
            if isinstance(event, MemberCheckedIn):
                assert event.renewed == (event.member_id in there)
                there.add(event.member_id)
            elif isinstance(event, MemberCheckedOut):
                there.remove(event.member_id)
        assert there == {lease.member_id for lease in standing(self.state).leases}

    def teardown(self) -> None:
        state: Duty = Unseen()
        events: list[DutyEvent] = []
        for command, now in self.log:
            decision = decide(state, command, now)
            if isinstance(decision, Accepted):
                for event in decision.events:
                    state = evolve(state, event)
                events += decision.events
        assert (state, events) == (self.state, self.events)
        assert duty_codec.validate_json(duty_codec.dump_json(self.state)) == self.state
        for event in self.events:
            assert DECIDING.events_out.to_domain(DECIDING.events_out.to_contract(event)) == event


TestDutyMachine = DutyMachine.TestCase
TestDutyMachine.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
