"""No unit is under two orders at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from tests.chaos.checker.contracts import INCIDENTS
from tests.chaos.checker.disturbance import disturbed_us
from tests.chaos.checker.evidence import Fault
from tests.chaos.checker.folding.incident import ENDINGS
from tests.chaos.checker.log import Log, Record, Story
from tests.chaos.checker.rules.finding import Finding
from tests.chaos.checker.times import MS_US, SECOND_US, moment

RULE = "one-order-a-unit"
NEVER_US = 2**62
WITHDRAWN_WITHIN_US = 5 * SECOND_US
"""How long a unit may still hold a drill's order after a real one took it out of the drill. Dispatch looks for such
units once a second, after its projection has both orders, and then commands the withdrawal: 5 s is ample when nothing
is broken. The time in which something is broken comes on top.
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A unit's order, from its issue to its end."""

    order_id: str
    drill: bool
    begin_us: int
    end_us: int
    issued: Record


def one_order_a_unit(log: Log, faults: Sequence[Fault] = ()) -> Finding:
    """Looks at every pair of a unit's orders."""
    finding = Finding(RULE)
    by_unit: dict[str, list[Held]] = defaultdict(list)
    for story in log.stories[INCIDENTS].values():
        for unit, held in _orders(story):
            by_unit[unit].append(held)
            finding.checked += 1
    overlaps_ms: list[float] = []
    for unit, orders in sorted(by_unit.items()):
        for first, second in _overlapping(orders):
            begin, end = max(first.begin_us, second.begin_us), min(first.end_us, second.end_us)
            if not first.drill and not second.drill:
                overlaps_ms.append((end - begin) / MS_US)
            if not _is_allowed(first, second, begin, end, faults):
                finding.violate(unit, _said(first, second, begin, end), first.issued, second.issued)
    finding.figures["units"] = len(by_unit)
    finding.figures["overlaps of real orders, ms"] = overlaps_ms
    return finding


def _orders(story: Story) -> Iterator[tuple[str, Held]]:
    issued: dict[str, Record] = {}
    ended: dict[str, int] = {}
    for event in story.events:
        if event.kind == "order-issued":
            issued[event.body["order_id"]] = event
        elif event.kind in ENDINGS:
            body = event.body
            ended.setdefault(body["order_id"], moment(body["at"]))
    for order_id, event in issued.items():
        body = event.body
        if body["assignee_kind"] == "unit":
            end = ended.get(order_id, NEVER_US)
            yield body["assignee_id"], Held(order_id, body["drill"], moment(body["at"]), end, event)


def _overlapping(orders: Iterable[Held]) -> Iterator[tuple[Held, Held]]:
    for first, second in combinations(sorted(orders, key=lambda held: held.begin_us), 2):
        if second.begin_us < first.end_us:
            yield first, second


def _is_allowed(first: Held, second: Held, begin: int, end: int, faults: Sequence[Fault]) -> bool:
    """Only a real order may lie beside a drill's, and only for so long.

    The drill's may be the later one: its unit was claimed for the drill first, and was taken out of it before the
    drill's order was issued. And the real one may end first, when the unit declines at once.
    """
    return first.drill != second.drill and end - begin <= WITHDRAWN_WITHIN_US + disturbed_us(faults, begin, end)


def _said(first: Held, second: Held, begin: int, end: int) -> str:
    kinds = " and ".join("a drill's" if held.drill else "a real" for held in (first, second))
    length = "without end" if end == NEVER_US else f"for {(end - begin) / MS_US:g} ms"
    return f"{kinds} order at once, {length}: {first.order_id}, {second.order_id}"
