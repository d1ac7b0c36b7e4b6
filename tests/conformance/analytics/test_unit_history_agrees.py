"""The SQL tells of a unit what a plain loop over the same events tells."""

import asyncio
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from services.analytics.application.ports import History, UnitQuestion
from services.analytics.domain.unit_history import Position
from shared.contracts import duty, incident
from tests.conformance.analytics.conftest import ZONE
from tests.conformance.analytics.happenings import Writer, after, keep
from tests.conformance.analytics.plain_history import PlainHistory

_units = count()
SECONDS = st.integers(0, 12)
MOVES = st.lists(st.sampled_from(["came", "renewed", "left", "lease-expired"]), max_size=3)
ENDS = [None, incident.OrderDeclined, incident.OrderUnanswered, incident.OrderWithdrawn, incident.OrderCompleted]


@st.composite
def pasts(draw: DrawFn) -> tuple[str, Writer]:
    """A unit's, with decisions and orders of the same moments, and some of the events repeated."""
    unit_id, writer = f"unit-{next(_units)}", Writer()
    for at_s in sorted(draw(st.lists(SECONDS, max_size=8))):
        for move in draw(MOVES):
            if move in ("came", "renewed"):
                writer.write(duty.MemberCheckedIn, after(at_s), unit_id=unit_id, renewed=move == "renewed")
            else:
                writer.write(duty.MemberCheckedOut, after(at_s), unit_id=unit_id, reason=move)
        values = {"state": draw(st.sampled_from(["on", "short", "off"])), "quorum": draw(st.integers(1, 3))}
        writer.write(duty.UnitDutyChanged, after(at_s), unit_id=unit_id, on_duty=("m",) * draw(SECONDS), **values)
    for number in range(draw(st.integers(0, 4))):
        _order(draw, writer, {"incident_id": f"{unit_id}-i{number % 2}", "order_id": f"{unit_id}-o{number}"}, unit_id)
    for written in tuple(writer.written):
        if draw(st.integers(0, 4)) == 0:
            writer.repeat(written)
    return unit_id, writer


def _order(draw: DrawFn, writer: Writer, named: dict[str, Any], unit_id: str) -> None:
    at_s = draw(SECONDS)
    assignee = draw(st.sampled_from([unit_id, unit_id, unit_id, "another"]))
    of_order = {**named, "assignee_id": assignee, "assignee_kind": draw(st.sampled_from(["unit", "unit", "police"]))}
    writer.write(incident.OrderIssued, after(at_s), **of_order, drill=draw(st.booleans()))
    for message in (incident.OrderAcknowledged, incident.AssigneeArrived):
        if draw(st.booleans()):
            at_s += draw(SECONDS)
            writer.write(message, after(at_s), **of_order)
    end = draw(st.sampled_from(ENDS))
    if end is not None:
        writer.write(end, after(at_s + 1), **of_order)


@pytest.mark.timeout(300)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(past=pasts(), start_s=SECONDS, before_s=SECONDS, limit=st.integers(1, 12), data=st.data())
def test_every_entry_agrees_with_a_plain_loop(
    embedded: History, past: tuple[str, Writer], start_s: int, before_s: int, limit: int, data: st.DataObject
) -> None:
    unit_id, writer = past
    key = data.draw(st.sampled_from(["", f"order-{unit_id}-o1", f"duty-{4:020d}"]))
    question = UnitQuestion(unit_id, after(min(start_s, 3)), Position(after(before_s + 4), key), limit)
    asyncio.run(_compare(embedded, writer, question))


async def _compare(embedded: History, writer: Writer, question: UnitQuestion) -> None:
    plain = PlainHistory(ZONE)
    await keep(plain, writer.written)
    await keep(embedded, writer.written)
    duties, orders = await plain.unit_duty(question), await plain.unit_orders(question)
    event(f"duty: {bool(duties)}, orders: {bool(orders)}")
    assert list(await embedded.unit_duty(question)) == list(duties)
    assert list(await embedded.unit_orders(question)) == list(orders)
