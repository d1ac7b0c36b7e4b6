"""What a unit has behind it, page by page."""

from dataclasses import dataclass

from services.analytics.application.ports import History, UnitQuestion
from services.analytics.domain.unit_history import Entry, Position, newest
from services.analytics.domain.window import DAYS_MAX, Window
from shared.vocabulary.organisation import within


class UnknownUnit(LookupError):
    """There is no such unit in the asker's subtree. Whether there is one elsewhere is not said."""


class WindowTooLong(ValueError):
    """More than DAYS_MAX days were asked for."""


@dataclass(frozen=True, slots=True)
class UnitPage:
    """Newest first. `after`: where the next page goes on; None: this is the last."""

    entries: tuple[Entry, ...]
    after: Position | None


class ReadUnitHistory:
    """Answers what a unit did and was ordered to do.

    Whoever may see the unit where it is now sees all of it, also of the time when it belonged to another station, and
    orders to other stations' incidents: it is the unit's own past. The station that it left sees nothing of it any
    more, as on the map.
    """

    def __init__(self, history: History) -> None:
        self._history = history

    async def __call__(
        self, *, subtree: str, unit_id: str, window: Window, after: Position | None, limit: int
    ) -> UnitPage:
        """At most `limit` entries of `window` that come after the position. Raises UnknownUnit and WindowTooLong."""
        if window.is_too_long:
            raise WindowTooLong(f"more than {DAYS_MAX} days asked for")
        path = await self._history.unit_path(unit_id)
        if path is None or not within(path, subtree):
            raise UnknownUnit(unit_id)
        end = Position(window.end, "")
        question = UnitQuestion(unit_id, window.start, end if after is None else min(after, end), limit + 1)
        found = newest(await self._history.unit_duty(question), await self._history.unit_orders(question), limit + 1)
        page = found[:limit]
        return UnitPage(page, page[-1].position if len(found) > limit else None)
