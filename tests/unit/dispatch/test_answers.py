"""What assignees say, who may say it for them, and what silence does."""

from datetime import timedelta

import pytest

from services.dispatch.domain.commands import WithdrawOrder
from services.dispatch.domain.events import (
    AssigneeArrived,
    IncidentEscalated,
    OrderAcknowledged,
    OrderDeclined,
    OrderIssued,
    ReinforcementRequested,
)
from services.dispatch.domain.orders import Issued
from shared.vocabulary.geography import Point
from tests.unit.dispatch.incidents import (
    SCENE,
    STATION,
    T0,
    THREAT,
    Timeline,
    names,
    playbook,
    police_stage,
    unit_stage,
)

FAR = Point(SCENE.lon + 0.01, SCENE.lat)  # about a kilometre


def ordered(count: int = 2) -> Timeline:
    timeline = Timeline.of(playbook(unit_stage(3, count=count), police_stage(), arrival_radius_m=150))
    timeline.assign(*(f"u{n + 1}" for n in range(count)))
    return timeline


def test_the_assignee_acknowledges() -> None:
    timeline = ordered()
    timeline.seconds = 7
    assert names(timeline.acknowledge("u1")) == ["OrderAcknowledged"]
    [event] = timeline.told(OrderAcknowledged)
    assert (event.after_s, event.on_behalf, event.by) == (7, False, "member-of-u1")
    assert timeline.acknowledge("u1") == ()


def test_who_heard_it_on_the_radio_acknowledges_on_behalf() -> None:
    timeline = ordered()
    timeline.acknowledge("u1", by="officer-9", by_assignee=STATION, on_behalf=True)
    [event] = timeline.told(OrderAcknowledged)
    assert (event.on_behalf, event.by, event.assignee_id) == (True, "officer-9", "u1")


@pytest.mark.parametrize("verb", ["acknowledge", "decline", "arrive"])
def test_nobody_else_may_answer(verb: str) -> None:
    assert getattr(ordered(), verb)("u1", by_assignee="u2") == "not-your-order"
    assert getattr(ordered(), verb)("u1", by_assignee=None) == "not-your-order"


@pytest.mark.parametrize("verb", ["acknowledge", "decline", "arrive"])
def test_an_order_must_be_known_and_open(verb: str) -> None:
    timeline = ordered()
    assert getattr(timeline, verb)("u1", order_id="no-such") == "order-unknown"
    timeline.decline("u1")
    assert getattr(timeline, verb)("u1") == "order-not-open"


@pytest.mark.parametrize(
    ("location", "extra", "refused"),
    [
        (SCENE, {}, None),
        (FAR, {}, "not-at-scene"),
        (FAR, {"accuracy_m": 2000}, None),
        (FAR, {"manual": True}, None),
        (None, {}, "not-at-scene"),
        (None, {"manual": True}, None),
    ],
)
def test_an_arrival_is_checked_against_the_position(
    location: Point | None, extra: dict[str, object], refused: str
) -> None:
    timeline = ordered()
    result = timeline.arrive("u1", location, **extra)
    assert (result == refused) if refused else (names(result)[-1] == "AssigneeArrived")


def test_an_arrival_says_how_long_it_took_and_whether_it_was_reported_by_hand() -> None:
    timeline = Timeline.of()
    timeline.seconds = 2
    timeline.assign("u1")
    timeline.seconds = 50
    timeline.arrive("u1", None, manual=True)
    [arrived] = timeline.told(AssigneeArrived)
    assert (arrived.after_s, arrived.order_after_s, arrived.manual) == (50, 48, True)


def test_who_arrives_without_a_word_has_acknowledged_as_well() -> None:
    timeline = ordered()
    assert names(timeline.arrive("u1")) == ["OrderAcknowledged", "AssigneeArrived"]
    assert timeline.arrive("u1") == ()


def test_who_has_arrived_cannot_decline() -> None:
    timeline = ordered()
    timeline.arrive("u1")
    assert timeline.decline("u1") == "already-arrived"


@pytest.mark.parametrize("acknowledged_first", [False, True])
def test_a_refusal_brings_a_substitute_who_was_not_asked_before(acknowledged_first: bool) -> None:
    timeline = ordered()
    if acknowledged_first:
        timeline.acknowledge("u1")
    assert names(timeline.decline("u1")) == ["OrderDeclined", "ReinforcementRequested"]
    request = timeline.told(ReinforcementRequested)[-1]
    assert (request.need.count, request.stage, request.reason) == (1, 3, "declined")
    assert request.exclude == ("u1", "u2")
    assert timeline.told(OrderDeclined)[0].reason == "busy"


def test_silence_brings_a_substitute() -> None:
    timeline = ordered()
    timeline.acknowledge("u1")
    timeline.acknowledge(STATION)
    assert names(timeline.wait(19.9)) == []
    assert names(timeline.wait(20)) == ["OrderUnanswered", "ReinforcementRequested"]
    assert (timeline.status("u2"), timeline.told(ReinforcementRequested)[-1].reason) == ("unanswered", "unanswered")


def test_an_answer_that_is_in_the_log_before_the_deadline_counts_however_late_the_tick_comes() -> None:
    timeline = ordered(count=1)
    timeline.acknowledge("u1")
    timeline.acknowledge(STATION)
    assert names(timeline.wait(100)) == []


def test_silent_police_are_asked_again_and_the_next_level_is_told_a_bounded_number_of_times() -> None:
    timeline = Timeline.of(playbook(police_stage(number=20)))
    timeline.wait(21)
    assert timeline.told(IncidentEscalated)[0].reason == "police-unanswered"
    order = timeline.order(STATION)
    assert isinstance(order, Issued)
    assert order.respond_by == T0 + timedelta(seconds=40)
    timeline.wait(600)
    assert [e.level for e in timeline.told(IncidentEscalated)] == [2, 3, 3]
    assert len(timeline.told(OrderIssued)) == 1
    assert names(timeline.acknowledge(STATION)) == ["OrderAcknowledged"]


def test_police_that_decline_are_reported_to_the_next_level() -> None:
    timeline = Timeline.of(playbook(police_stage()))
    assert names(timeline.decline(STATION)) == ["OrderDeclined", "IncidentEscalated"]


def test_an_observer_that_drops_out_is_not_replaced() -> None:
    timeline = Timeline.of(playbook(unit_stage(3), threat=THREAT))
    timeline.assign("u1", observers=("u2",))
    assert names(timeline.decline("u2")) == ["OrderDeclined"]


@pytest.mark.parametrize(("before", "expected"), [("acknowledge", "OrderWithdrawn"), ("arrive", "OrderCompleted")])
def test_a_unit_that_is_needed_elsewhere_is_let_go_and_replaced(before: str, expected: str) -> None:
    timeline = ordered()
    getattr(timeline, before)("u1")
    order_id = timeline.order("u1").order_id
    command = WithdrawOrder(incident_id="i1", order_id=order_id, reason="assigned-elsewhere", by="matcher")
    assert names(timeline.send(command)) == [expected, "ReinforcementRequested"]
    assert timeline.send(command) == "order-not-open"
