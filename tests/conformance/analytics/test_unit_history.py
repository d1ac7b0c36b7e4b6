"""What every history must tell of a unit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.application.ports import History, UnitQuestion
from services.analytics.domain.unit_history import DutyEntry, Entry, OrderEntry, Position, newest
from shared.contracts import duty, incident, registry
from shared.contracts.topics import UNITS
from shared.vocabulary.terms import DutyState, IncidentClass, Severity
from tests.conformance.analytics.happenings import OTHER_STATION, STATION, Writer, after, keep

DAY_S = 86_400


def question(unit_id: str = "u", start_s: float = 0, end_s: float = DAY_S, limit: int = 100) -> UnitQuestion:
    return UnitQuestion(unit_id, after(start_s), Position(after(end_s), ""), limit)


class Story:
    """Writes what a unit's duty decides, each decision in the order of its events."""

    def __init__(self, unit_id: str = "u") -> None:
        self.writer = Writer()
        self._unit = {"unit_id": unit_id}

    def decided(self, at_s: float, state: str, on_duty: int, *happened: str, quorum: int = 2) -> None:
        for number, what in enumerate(happened):
            member = {"member_id": f"m{number}"}
            if what in ("came", "renewed"):
                renewed = {"renewed": what == "renewed"}
                self.writer.write(duty.MemberCheckedIn, after(at_s), **self._unit, **member, **renewed)
            else:
                self.writer.write(duty.MemberCheckedOut, after(at_s), **self._unit, **member, reason=what)
        people = [f"m{number}" for number in range(on_duty)]
        changed = {"state": state, "on_duty": people, "quorum": quorum, "until": None}
        self.writer.write(duty.UnitDutyChanged, after(at_s), **self._unit, **changed)


def told(entry: DutyEntry) -> tuple[Any, ...]:
    counted = (entry.came, entry.left, entry.lapsed)
    return (entry.at, *counted, entry.before, entry.state, entry.on_duty, entry.quorum)


# Where it is


async def test_a_unit_is_where_its_newest_state_says_until_it_is_deleted(history: History) -> None:
    writer = Writer()
    writer.write(registry.Unit, unit_id="a", path=STATION)
    writer.write(registry.Unit, unit_id="a", path=OTHER_STATION)
    writer.write(registry.Unit, unit_id="b", path=STATION)
    writer.delete(UNITS, "b", after(9))
    await keep(history, writer.written)
    assert [await history.unit_path(name) for name in ("a", "b", "c")] == [OTHER_STATION, None, None]


# Its duty


async def test_duty_is_told_as_who_came_and_went_and_what_it_came_to(history: History) -> None:
    story = Story()
    story.decided(10, "short", 1, "came")
    story.decided(20, "on", 2, "came")
    story.decided(30, "on", 2, "renewed")
    story.decided(40, "short", 1, "left")
    story.decided(50, "short", 1, "lease-expired", "came")
    story.decided(60, "off", 0, "lease-expired")
    await keep(history, story.writer.written)
    on, short, off = DutyState.ON, DutyState.SHORT, DutyState.OFF
    assert [told(entry) for entry in await history.unit_duty(question())] == [
        (after(60), 0, 0, 1, short, off, 0, 2),
        (after(50), 1, 0, 1, short, short, 1, 2),
        (after(40), 0, 1, 0, on, short, 1, 2),
        (after(20), 1, 0, 0, short, on, 2, 2),
        (after(10), 1, 0, 0, None, short, 1, 2),
    ]


async def test_another_quorum_is_told_when_it_changes_what_the_unit_is(history: History) -> None:
    story = Story()
    story.decided(10, "short", 1, "came")
    story.decided(20, "on", 1, "renewed", quorum=1)
    await keep(history, story.writer.written)
    last, _ = await history.unit_duty(question())
    assert told(last) == (after(20), 0, 0, 0, DutyState.SHORT, DutyState.ON, 1, 1)


async def test_what_was_before_the_window_still_tells_what_changed_in_it(history: History) -> None:
    story = Story()
    story.decided(-50, "on", 2, "came")
    story.decided(50, "short", 1, "left")
    await keep(history, story.writer.written)
    (entry,) = await history.unit_duty(question())
    assert (entry.before, entry.state) == (DutyState.ON, DutyState.SHORT)


async def test_a_decision_that_is_not_kept_whole_is_not_told_yet(history: History) -> None:
    story = Story()
    story.decided(10, "on", 2, "came")
    story.decided(20, "short", 1, "left")
    await keep(history, story.writer.written[:-1])
    assert [entry.at for entry in await history.unit_duty(question())] == [after(10)]


# Its orders


def _order(writer: Writer, order_id: str, at_s: float, unit_id: str = "u", **values: Any) -> dict[str, Any]:
    named = {"incident_id": f"i-{order_id}", "order_id": order_id, "assignee_id": unit_id, "assignee_kind": "unit"}
    writer.write(incident.OrderIssued, after(at_s), **{**named, **values})
    return named


async def test_an_order_is_one_entry_with_all_that_became_of_it(history: History) -> None:
    writer = Writer()
    completed = _order(writer, "a", 10, incident_class="rescue", severity="critical", drill=True)
    writer.write(incident.OrderAcknowledged, after(15), **completed, drill=True)
    writer.write(incident.AssigneeArrived, after(100), **completed, drill=True)
    writer.write(incident.OrderCompleted, after(900), **completed, drill=True, reason="handed-over")
    _order(writer, "b", 20)
    await keep(history, writer.written)
    open_one, done = await history.unit_orders(question())
    assert done == OrderEntry(
        at=after(10),
        order_id="a",
        incident_id="i-a",
        incident_class=IncidentClass.RESCUE,
        severity=Severity.CRITICAL,
        drill=True,
        acknowledged_at=after(15),
        arrived_at=after(100),
        ended_at=after(900),
        ended="completed",
        reason="handed-over",
    )
    assert (open_one.order_id, open_one.acknowledged_at, open_one.ended, open_one.reason) == ("b", None, None, None)


@pytest.mark.parametrize(
    ("message", "ended", "reason"),
    [
        (incident.OrderDeclined, "declined", "too-far"),
        (incident.OrderUnanswered, "unanswered", None),
        (incident.OrderWithdrawn, "withdrawn", "cleared"),
        (incident.OrderCompleted, "completed", "cleared"),
    ],
)
async def test_how_an_order_ended(
    history: History, message: type[incident.OrderDeclined], ended: str, reason: str | None
) -> None:
    writer = Writer()
    named = _order(writer, "a", 10)
    writer.write(message, after(30), **named, **({} if reason is None else {"reason": reason}))
    await keep(history, writer.written)
    (entry,) = await history.unit_orders(question())
    assert (entry.ended, entry.ended_at, entry.reason) == (ended, after(30), reason)


async def test_others_orders_and_those_to_the_police_are_not_the_unit_s(history: History) -> None:
    writer = Writer()
    _order(writer, "a", 10, unit_id="other")
    _order(writer, "b", 20, assignee_kind="police")
    await keep(history, writer.written)
    assert await history.unit_orders(question()) == []


async def test_an_order_belongs_to_when_it_was_issued(history: History) -> None:
    writer = Writer()
    for order_id, at_s in (("before", -1), ("first", 0), ("last", DAY_S - 1), ("after", DAY_S)):
        named = _order(writer, order_id, at_s)
        writer.write(incident.OrderDeclined, after(at_s + 2), **named)
    await keep(history, writer.written)
    assert [entry.order_id for entry in await history.unit_orders(question())] == ["last", "first"]


async def test_what_producers_repeat_is_told_once(history: History) -> None:
    story = Story()
    story.decided(10, "on", 2, "came")
    story.decided(20, "short", 1, "left")
    named = _order(story.writer, "a", 30)
    story.writer.write(incident.OrderWithdrawn, after(40), **named, reason="cleared")
    await keep(history, story.writer.written)
    once = (await history.unit_duty(question()), await history.unit_orders(question()))
    for happening in tuple(story.writer.written):
        story.writer.repeat(happening)
    await keep(history, story.writer.written)
    assert (await history.unit_duty(question()), await history.unit_orders(question())) == once
    assert [entry.came for entry in once[0]] == [0, 1]
    assert [entry.ended for entry in once[1]] == ["withdrawn"]


# Page by page


async def test_pages_hold_every_entry_once_also_those_of_one_moment(history: History) -> None:
    story = Story()
    for number in range(12):
        story.decided(10 + number // 4, "on", 1 + number % 2, "came")
        _order(story.writer, f"o{number}", 10 + number // 4)
    await keep(history, story.writer.written)
    whole = newest(await history.unit_duty(question()), await history.unit_orders(question()), 100)
    assert len(whole) == 24
    paged: list[Entry] = []
    before = Position(after(DAY_S), "")
    while page := await _page(history, before, 5):
        paged += page
        before = page[-1].position
    assert tuple(paged) == whole


async def _page(history: History, before: Position, limit: int) -> Sequence[Entry]:
    asked = UnitQuestion("u", after(0), before, limit)
    return newest(await history.unit_duty(asked), await history.unit_orders(asked), limit)


MOMENTS = st.integers(0, 5).map(lambda s: datetime(2026, 3, 1) + timedelta(seconds=s))
DUTIES = st.builds(
    DutyEntry,
    at=MOMENTS,
    sequence=st.integers(0, 10**12),
    came=st.just(1),
    left=st.just(0),
    lapsed=st.just(0),
    before=st.none(),
    state=st.just(DutyState.ON),
    on_duty=st.just(1),
    quorum=st.just(1),
)


@given(st.lists(DUTIES, unique_by=lambda entry: entry.sequence), st.integers(1, 5))
def test_the_newest_of_all_come_first(entries: list[DutyEntry], limit: int) -> None:
    found = newest(entries, (), limit)
    assert [e.position for e in found] == sorted((e.position for e in entries), reverse=True)[:limit]
