"""The matcher and the mending of double orders, on fakes."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from services.dispatch.adapters.incident_ledger import DECIDING
from services.dispatch.adapters.straight_line import StraightLineTimes
from services.dispatch.application.double_orders import DoubleOrderResolver, superfluous
from services.dispatch.application.match import Matcher
from services.dispatch.application.ports import Found, HeldOrder
from services.dispatch.domain.commands import ReportIncident
from services.dispatch.domain.orders import Ended
from services.dispatch.domain.state import Open
from shared.contracts import incident
from shared.contracts.incident import AssignUnits, ClearIncident, ReinforcementRequested, WithdrawOrder
from shared.vocabulary.geography import Point, distance_m
from shared.vocabulary.terms import OrderRole
from tests.component.dispatch.fakes import NOW, FixedDirectory, FixedDoubleOrders, MemoryIncidents, SetClock
from tests.unit.dispatch.incidents import SCENE, playbook, report, unit_stage

NEARBY = Point(SCENE.lon, SCENE.lat + 0.001)
FOUND = Found("u1", "440106008", NEARBY, distance_m(NEARBY, SCENE), 3, True, OrderRole.RESPOND, ("nearest",))


class World:
    def __init__(self) -> None:
        self.clock = SetClock()
        self.incidents = MemoryIncidents(self.clock)
        self.directory = FixedDirectory([FOUND])
        self.matcher = Matcher(
            directory=self.directory,
            travel_times=StraightLineTimes(detour_factor=1.4, speed_m_s=1.5),
            incidents=self.incidents,
            commands=self.incidents,
            clock=self.clock,
        )

    def report(self, incident_id: str = "i1", drill: bool = False) -> ReinforcementRequested:
        command = report(playbook(unit_stage(3)), incident_id=incident_id, drill=drill)
        body = incident.ReportIncident.model_validate(TypeAdapter(ReportIncident).dump_python(command))
        decision = self.incidents.decide(incident_id, body)
        request = DECIDING.events_out.to_contract(decision.events[-1])
        assert isinstance(request, ReinforcementRequested)
        return request

    def open_orders(self, incident_id: str) -> list[str]:
        state = self.incidents.states[incident_id]
        assert isinstance(state, Open)
        return [order.order_id for order in state.orders if not isinstance(order, Ended)]


@pytest.fixture
def world() -> World:
    return World()


async def test_a_request_is_answered_with_the_selection_and_its_travel_times(world: World) -> None:
    await world.matcher.on_reinforcement_requested(world.report(), "c")
    [command] = world.incidents.sent.values()
    assert isinstance(command, AssignUnits)
    [candidate] = command.candidates
    assert (candidate.unit_id, candidate.chosen, candidate.reasons) == ("u1", True, ("nearest",))
    assert candidate.eta_s == pytest.approx(FOUND.distance_m * 1.4 / 1.5, abs=0.1)
    assert len(world.open_orders("i1")) == 1


async def test_a_request_seen_twice_is_answered_under_the_same_id_or_not_again(world: World) -> None:
    request = world.report()
    await world.matcher.on_reinforcement_requested(request, "c")
    await world.matcher.on_reinforcement_requested(request, "c")
    assert len(world.incidents.sent) == 1
    assert len(world.directory.asked) == 1


async def test_a_request_of_a_closed_incident_claims_nobody(world: World) -> None:
    request = world.report()
    world.incidents.decide("i1", ClearIncident(incident_id="i1", by="o", outcome="resolved"))
    await world.matcher.on_reinforcement_requested(request, "c")
    assert world.directory.asked == []


@pytest.mark.parametrize(("age_s", "asked"), [(5, 1), (3600, 0)])
async def test_a_request_whose_incident_is_not_there_is_answered_only_while_it_is_fresh(
    world: World, age_s: float, asked: int
) -> None:
    request = world.report()
    world.incidents.states.clear()
    world.clock.time = NOW + timedelta(seconds=age_s)
    await world.matcher.on_reinforcement_requested(request, "c")
    assert len(world.directory.asked) == asked


def held(incident_id: str, *, drill: bool = False, issued_at_ms: int = 0, order_id: str = "") -> HeldOrder:
    return HeldOrder(order_id or f"order-{incident_id}", incident_id, drill, issued_at_ms)


@pytest.mark.parametrize(
    ("orders", "withdrawn"),
    [
        ([], []),
        ([held("a")], []),
        ([held("b", issued_at_ms=2), held("a", issued_at_ms=1)], ["b"]),
        ([held("drill", drill=True, issued_at_ms=1), held("real", issued_at_ms=2)], ["drill"]),
        ([held("c", issued_at_ms=3), held("a", issued_at_ms=1), held("b", issued_at_ms=2)], ["b", "c"]),
    ],
)
def test_the_first_real_order_stays(orders: list[HeldOrder], withdrawn: list[str]) -> None:
    assert [order.incident_id for order in superfluous(orders)] == withdrawn


async def test_a_unit_with_two_open_orders_keeps_one_and_the_other_incident_looks_again(world: World) -> None:
    for incident_id in ("i1", "i2"):
        await world.matcher.on_reinforcement_requested(world.report(incident_id), "c")
    [first], [second] = world.open_orders("i1"), world.open_orders("i2")
    counted: list[HeldOrder] = []
    orders = FixedDoubleOrders([[held("i1", order_id=first), held("i2", order_id=second, issued_at_ms=9)]])
    resolver = DoubleOrderResolver(
        orders=orders, incidents=world.incidents, commands=world.incidents, on_withdrawn=counted.append
    )
    await resolver.resolve()
    assert [type(c).__name__ for c in world.incidents.sent.values()][-1] == WithdrawOrder.__name__
    assert (world.open_orders("i1"), world.open_orders("i2")) == ([first], [])
    assert [order.order_id for order in counted] == [second]
    state = world.incidents.states["i2"]
    assert isinstance(state, Open)
    assert len(state.rounds) == 2
    await resolver.resolve()
    assert len(counted) == 1


async def test_what_only_the_directory_holds_for_open_is_left_alone(world: World) -> None:
    """While old events are folded again, orders that have long ended seem to be open."""
    await world.matcher.on_reinforcement_requested(world.report(), "c")
    [order_id] = world.open_orders("i1")
    orders = FixedDoubleOrders([[held("long-ago"), held("i1", order_id=order_id, issued_at_ms=9)]])
    resolver = DoubleOrderResolver(
        orders=orders, incidents=world.incidents, commands=world.incidents, on_withdrawn=lambda _: None
    )
    await resolver.resolve()
    assert world.open_orders("i1") == [order_id]
