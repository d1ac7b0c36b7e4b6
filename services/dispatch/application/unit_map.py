"""The live map: all units in memory, and what of them changed since a console saw them last."""

import asyncio
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final, Literal

from services.dispatch.application.map_sight import Sight
from services.dispatch.application.mapped_unit import NEVER_MS, MappedUnit, Shown

REMEMBERED: Final = 20
"""Changes that are kept: who was given nothing for so many of them is given the whole view again."""
AT_ONCE: Final = 5000
"""Units that are published at once: 20 ms. Twice the 23,000 of a city move less in half a second."""

Change = tuple[MappedUnit, Shown | None]
"""A unit, and the row as it was before."""


@dataclass(frozen=True, slots=True)
class News:
    """Rows as JSON texts, and ids of units that are gone. `version`: what the console has then."""

    version: int
    rows: Sequence[str]
    gone: Sequence[str]
    kind: Literal["changes", "snapshot"] = "changes"


class UnitMap:
    """Units change at any time; consoles see them as they were at the last `publish`."""

    def __init__(self) -> None:
        self.is_complete = False
        """Whether everything is known that was known when the process began."""
        self.version = 0
        self.at_ms = 0
        """The time of the last `publish`."""
        self._units: dict[str, MappedUnit] = {}
        self._touched: set[MappedUnit] = set()
        self._due: list[tuple[int, str]] = []
        self._history: deque[Sequence[Change]] = deque(maxlen=REMEMBERED)
        self._watching: set[Callable[[], None]] = set()

    def __len__(self) -> int:
        return len(self._units)

    def ids(self) -> Sequence[str]:
        """Of all units that anything is known of."""
        return list(self._units)

    def touch(self, unit_id: str) -> MappedUnit:
        """The unit, of which something is about to change."""
        unit = self._units.get(unit_id)
        if unit is None:
            unit = self._units[unit_id] = MappedUnit(unit_id)
        self._touched.add(unit)
        return unit

    def known(self, unit_id: str) -> MappedUnit | None:
        """The unit, to look at; None when nothing is known of it."""
        return self._units.get(unit_id)

    def look_again(self, unit_id: str, at_ms: int) -> None:
        """Then time alone may change it."""
        if at_ms < NEVER_MS:
            heappush(self._due, (at_ms, unit_id))

    @contextmanager
    def watch(self, wake: Callable[[], None]) -> Generator[None]:
        """Call `wake` whenever there may be news. It must not block."""
        self._watching.add(wake)
        try:
            yield
        finally:
            self._watching.discard(wake)

    def publish(self, now_ms: int) -> bool:
        """Let consoles see what is so now.

        True: there is more, left for the next time, so that no one else waits long.
        """
        self._let_time_pass(now_ms)
        self.at_ms = now_ms
        changes: list[Change] = []
        for _ in range(min(len(self._touched), AT_ONCE)):
            unit = self._touched.pop()
            before, unit.shown = unit.shown, unit.show(now_ms)
            if unit.shown != before:
                changes.append((unit, before))
        if changes:
            self._history.append(changes)
            self.version += 1
        return bool(self._touched)

    async def wake_watchers(self) -> None:
        """One after the other, so that no one else waits for all of them."""
        for wake in list(self._watching):
            wake()
            await asyncio.sleep(0)

    def snapshot(self, sight: Sight) -> News:
        """Everything in sight."""
        node, holds = f"{sight.node}/", sight.view.holds
        shown = (unit.shown for unit in self._units.values() if unit.shown is not None)
        rows = [row.text for row in shown if f"{row.path}/".startswith(node) and holds(row.lon, row.lat)]
        return News(self.version, rows, (), "snapshot")

    def news(self, sight: Sight, since: int) -> News:
        """What is new to a console that has seen `since`: the rows in sight, and those that went out of its view.

        A unit that was deleted, or is another station's now, is gone. Too long ago: everything in sight.
        """
        missed = self.version - since
        if missed > len(self._history):
            return self.snapshot(sight)
        rows: list[str] = []
        gone: list[str] = []
        for unit, before in self._changes(missed):
            now = unit.shown
            if now is not None and sight.may_see(now.path):
                if sight.view.holds(now.lon, now.lat) or _was_seen(sight, before):
                    rows.append(now.text)
            elif before is not None and sight.may_see(before.path):
                gone.append(unit.unit_id)
        return News(self.version, rows, gone)

    def _changes(self, count: int) -> Iterable[Change]:
        """The last `count` publishings as one: each unit once, with its row from before all of them."""
        if count == 1:
            return self._history[-1]
        first: dict[MappedUnit, Shown | None] = {}
        for changes in list(self._history)[len(self._history) - count :]:
            for unit, before in changes:
                first.setdefault(unit, before)
        return first.items()

    def _let_time_pass(self, now_ms: int) -> None:
        while self._due and self._due[0][0] <= now_ms:
            self.touch(heappop(self._due)[1])


def _was_seen(sight: Sight, before: Shown | None) -> bool:
    return before is not None and sight.may_see(before.path) and sight.view.holds(before.lon, before.lat)
