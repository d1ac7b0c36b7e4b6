"""Rule 5, for people: what is in an inbox, and what is shown of a delivery."""

import pytest

from tests.chaos.checker.contracts import LANES
from tests.chaos.checker.evidence import LiveState
from tests.chaos.checker.log import Log
from tests.chaos.checker.rules.inboxes_equal_log import inboxes_equal_log
from tests.unit.chaos.traces import Trace, delivery


def whole() -> Log:
    """One message that was read and withdrawn, one that expired, and one whose person could not be reached."""
    trace = Trace()
    delivery(trace, "d1", "o1", "accepted", channel="inbox")
    delivery(trace, "d2", "o2", "failed", channel="inbox")
    delivery(trace, "d3", "o3", "failed")
    tick = trace.tick(LANES["emergency"], 950)
    trace.tell(
        tick, "d1", ("delivery-acknowledged", {"member_id": "m1"}), ("delivery-withdrawn", {"reason": "answered"})
    )
    trace.tell(tick, "d2", ("delivery-expired", {"unreached_ids": ["m1"]}))
    trace.tell(tick, "d3", ("recipient-unreachable", {"member_id": "m1"}))
    return trace.log()


LOG = whole()
SHOWN = {
    "d1": frozenset({"plan", "s:m1", "a:m1", "withdrawn"}),
    "d2": frozenset({"plan", "s:m1", "expired", "g:m1"}),
    "d3": frozenset({"plan", "s:m1", "g:m1"}),
}
INBOXES = {"m1": frozenset({"d1", "d2"})}


def said(shown: dict[str, frozenset[str]], inboxes: dict[str, frozenset[str]]) -> list[str]:
    return [str(v) for v in inboxes_equal_log(LOG, LiveState(deliveries=shown, inboxes=inboxes)).violations]


def test_inboxes_that_hold_what_was_sent_are_sound() -> None:
    assert said(SHOWN, INBOXES) == []


@pytest.mark.parametrize("lost", ["a:m1", "withdrawn", "plan"])
def test_what_is_not_shown_of_a_delivery_is_told(lost: str) -> None:
    assert [lost in line for line in said({**SHOWN, "d1": SHOWN["d1"] - {lost}}, INBOXES)] == [True]


def test_a_gap_must_be_shown_however_it_came_about() -> None:
    without = {name: fields - {"g:m1"} for name, fields in SHOWN.items()}
    assert len(said(without, INBOXES)) == 2


def test_what_is_shown_wrongly_is_told() -> None:
    assert ["'expired'" in line for line in said({**SHOWN, "d3": SHOWN["d3"] | {"expired"}}, INBOXES)] == [True]


def test_a_message_that_is_not_in_the_inbox_is_told() -> None:
    assert ["1 messages are not in the inbox" in line for line in said(SHOWN, {"m1": frozenset({"d1"})})] == [True]
    assert ["2 messages are not in the inbox" in line for line in said(SHOWN, {})] == [True]


def test_a_message_that_was_not_sent_is_told() -> None:
    stray = {**INBOXES, "m2": frozenset({"d1"})}
    assert ["and were not sent" in line for line in said(SHOWN, stray)] == [True]
