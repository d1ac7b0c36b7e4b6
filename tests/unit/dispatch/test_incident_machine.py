"""Whatever happens in whatever order: the promises of an incident hold."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic import TypeAdapter

from services.dispatch.adapters.incident_ledger import DECIDING, INCIDENT_RULES
from services.dispatch.domain.commands import (
    AcknowledgeOrder,
    AssignUnits,
    CancelIncident,
    Candidate,
    ClearIncident,
    Command,
    DeclineOrder,
    EscalateIncident,
    HandOver,
    ReportArrival,
    ReportSighting,
    RequestUnit,
    WithdrawOrder,
)
from services.dispatch.domain.decide import decide
from services.dispatch.domain.events import (
    Event,
    IncidentReported,
    OrderIssued,
    ReinforcementRequested,
    StageAttained,
    StageMissed,
)
from services.dispatch.domain.evolve import evolve
from services.dispatch.domain.playbook import Playbook
from services.dispatch.domain.rules import due
from services.dispatch.domain.state import Closed, Incident, Open, Unreported
from shared.vocabulary.decisions import Accepted, TimePassed
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import OrderRole
from tests.unit.dispatch.incidents import (
    BROADCAST,
    SCENE,
    STATION,
    T0,
    THREAT,
    playbook,
    police_stage,
    report,
    unit_stage,
)

UNITS = [f"u{number}" for number in range(8)]
PLAYBOOKS = st.builds(
    playbook,
    st.just(unit_stage(1, attained_by="acknowledged")),
    st.builds(unit_stage, st.just(3), count=st.integers(1, 3), starts_s=st.sampled_from([0, 30])),
    st.builds(police_stage, starts_s=st.sampled_from([0, 60])),
    threat=st.sampled_from([None, THREAT]),
    broadcast=st.sampled_from([None, BROADCAST]),
    rounds_max=st.integers(1, 4),
)
STATE: TypeAdapter[Incident] = TypeAdapter(INCIDENT_RULES.state_type)
WHO = st.sampled_from(["assignee", "somebody-else", "on-behalf"])
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        unit_id=st.sampled_from(UNITS),
        station_id=st.just("440106008"),
        chosen=st.booleans(),
        distance_m=st.floats(0, 3000),
        eta_s=st.floats(0, 3000),
        members_on_duty=st.integers(0, 9),
        role=st.sampled_from(OrderRole),
    ),
    max_size=6,
).map(tuple)


class IncidentMachine(RuleBasedStateMachine):
    """Sends any command at any time, with ticks in between or not."""

    def __init__(self) -> None:
        super().__init__()
        self.state: Incident = Unreported()
        self.now: datetime = T0
        self.log: list[Event] = []
        self.closed: Incident | None = None

    @initialize(book=PLAYBOOKS, drill=st.booleans(), picked=st.lists(st.sampled_from(UNITS), max_size=4).map(tuple))
    def report(self, book: Playbook, drill: bool, picked: tuple[str, ...]) -> None:
        self.send(report(book, drill=drill, units=picked))

    @rule(again=PLAYBOOKS)
    def report_again(self, again: Playbook) -> None:
        self.send(report(again))

    @rule(seconds=st.floats(0.1, 200), ticks=st.booleans())
    def wait(self, seconds: float, ticks: bool) -> None:
        self.now += timedelta(seconds=seconds)
        if ticks:
            self.send(TimePassed())

    @precondition(lambda self: any(isinstance(event, ReinforcementRequested) for event in self.log))
    @rule(data=st.data(), candidates=CANDIDATES)
    def assign(self, data: st.DataObject, candidates: tuple[Candidate, ...]) -> None:
        rounds = [event.round for event in self.log if isinstance(event, ReinforcementRequested)]
        number = data.draw(st.sampled_from([*rounds, rounds[-1] + 1]))
        self.send(AssignUnits(incident_id="i1", round=number, candidates=candidates))

    @precondition(lambda self: any(isinstance(event, OrderIssued) for event in self.log))
    @rule(data=st.data(), who=WHO, kind=st.sampled_from(["acknowledge", "decline", "arrive", "withdraw"]))
    def answer(self, data: st.DataObject, who: str, kind: str) -> None:
        order = data.draw(st.sampled_from([event for event in self.log if isinstance(event, OrderIssued)]))
        base: dict[str, Any] = {"incident_id": "i1", "order_id": order.order_id, "by": "p"}
        if kind == "withdraw":
            self.send(WithdrawOrder(**base, reason="assigned-elsewhere", replace=data.draw(st.booleans())))
            return
        base["by_assignee"] = order.assignee_id if who == "assignee" else "else"
        base["on_behalf"] = who == "on-behalf"
        if kind == "arrive":
            place = data.draw(st.sampled_from([SCENE, Point(0, 0), None]))
            self.send(ReportArrival(**base, location=place, manual=data.draw(st.booleans())))
        else:
            self.send(AcknowledgeOrder(**base) if kind == "acknowledge" else DeclineOrder(**base, reason="busy"))

    @rule(unit_id=st.sampled_from(UNITS))
    def ask_by_name(self, unit_id: str) -> None:
        self.send(RequestUnit(incident_id="i1", unit_id=unit_id, by="p"))

    @rule()
    def escalate(self) -> None:
        self.send(EscalateIncident(incident_id="i1", by="p", reason="worse"))

    @rule(place=st.sampled_from([SCENE, None]))
    def see(self, place: Point | None) -> None:
        self.send(ReportSighting(incident_id="i1", by="p", location=place, note="seen"))

    @rule()
    def hand_over(self) -> None:
        self.send(HandOver(incident_id="i1", by="p", to=STATION))

    @precondition(lambda self: len(self.log) > 12)
    @rule(cancels=st.booleans())
    def close(self, cancels: bool) -> None:
        if cancels:
            self.send(CancelIncident(incident_id="i1", by="p", reason="double"))
        else:
            self.send(ClearIncident(incident_id="i1", by="p", outcome="resolved"))

    def send(self, command: Command | TimePassed) -> None:
        decision = decide(self.state, command, self.now)
        assert decide(self.state, command, self.now) == decision, "decided again, something else came out"
        if not isinstance(decision, Accepted):
            return
        for event in decision.events:
            assert (event.at, event.incident_id) == (self.now, "i1")
            self.state = evolve(self.state, event)
        self.log += decision.events
        if isinstance(command, TimePassed):
            later = due(self.state)
            assert later is None or later > self.now, "a deadline that has passed must have fired"

    @invariant()
    def no_unit_is_ordered_twice_unless_somebody_asks_for_it_by_name(self) -> None:
        orders = [event for event in self.log if isinstance(event, OrderIssued)]
        assert len({order.order_id for order in orders}) == len(orders)
        by_name = {event.round for event in self.log if isinstance(event, ReinforcementRequested) and event.named}
        ordered: set[str] = set()
        for order in orders:
            assert order.assignee_id not in ordered or order.round in by_name
            ordered.add(order.assignee_id)

    @invariant()
    def no_unit_has_two_orders_at_once(self) -> None:
        if isinstance(self.state, Open):
            assert all(count == 1 for count in Counter(o.assignee_id for o in self.state.open_orders()).values())

    @invariant()
    def no_stage_is_attained_or_missed_twice(self) -> None:
        for kind in (StageAttained, StageMissed):
            assert all(n == 1 for n in Counter(e.stage for e in self.log if isinstance(e, kind)).values())

    @invariant()
    def an_attained_stage_is_not_missed_afterwards(self) -> None:
        attained: set[int] = set()
        for event in self.log:
            if isinstance(event, StageAttained):
                attained.add(event.stage)
            assert not (isinstance(event, StageMissed) and event.stage in attained)

    @invariant()
    def nothing_leaves_a_closed_incident(self) -> None:
        if isinstance(self.state, Closed):
            self.closed = self.closed or self.state
            assert self.state.open_orders() == ()
        assert self.closed is None or self.state == self.closed

    @invariant()
    def no_stage_wants_less_than_nobody(self) -> None:
        if isinstance(self.state, Open):
            assert all(progress.wanted >= 0 for progress in self.state.stages)

    @invariant()
    def no_more_responders_are_ordered_than_are_wanted(self) -> None:
        if isinstance(self.state, Open):
            for progress in self.state.stages:
                assert len(self.state.responders(progress.number)) <= progress.wanted

    def teardown(self) -> None:
        """A replay gives the same state, and everything passes through JSON unchanged."""
        replayed: Incident = Unreported()
        for event in self.log:
            replayed = evolve(replayed, event)
            assert STATE.validate_json(STATE.dump_json(replayed)) == replayed
            contract = DECIDING.events_out.to_contract(event)  # validates
            assert DECIDING.events_out.to_domain(contract) == event
        assert replayed == self.state
        assert sum(isinstance(event, IncidentReported) for event in self.log) <= 1


IncidentMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestIncident = IncidentMachine.TestCase
