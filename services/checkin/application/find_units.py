"""Units with their duty, filtered, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from services.checkin.application.directory import Directory
from services.checkin.application.ports import DutyBook
from services.checkin.domain.state import Standing
from shared.contracts.registry import Unit
from shared.vocabulary.boxes import Box
from shared.vocabulary.organisation import within
from shared.vocabulary.terms import DutyState, SiteClass

LOOK_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """Units of `subtree`; of the others, None admits any."""

    subtree: str
    unit_id: str | None = None
    box: Box | None = None
    site_class: SiteClass | None = None
    duty: DutyState | None = None

    def admits(self, unit: Unit) -> bool:
        """Everything but the duty."""
        return (
            within(unit.path, self.subtree)
            and self.unit_id in (None, unit.unit_id)
            and self.site_class in (None, unit.site_class)
            and (self.box is None or self.box.holds(unit.location.lon, unit.location.lat))
        )


@dataclass(frozen=True, slots=True)
class UnitOnDuty:
    """A unit and how its duty stands."""

    unit: Unit
    standing: Standing


@dataclass(frozen=True, slots=True)
class UnitPage:
    """`next_after`: the id behind which the next page begins; None: this is the last."""

    items: tuple[UnitOnDuty, ...]
    next_after: str | None


async def find_units(wanted: UnitFilter, after: str, limit: int, directory: Directory, book: DutyBook) -> UnitPage:
    """Up to `limit` units by id, behind `after`."""
    candidates = (unit for unit in directory.units_after(after) if wanted.admits(unit))
    found: list[UnitOnDuty] = []
    while chunk := await next_on_duty(candidates, LOOK_AT_ONCE if wanted.duty else limit + 1 - len(found), book):
        found += [item for item in chunk if wanted.duty in (None, item.standing.state)]
        if len(found) > limit:
            break
    more = len(found) > limit
    items = tuple(UnitOnDuty(directory.with_equipment(item.unit), item.standing) for item in found[:limit])
    return UnitPage(items, found[limit - 1].unit.unit_id if more else None)


async def next_on_duty(candidates: Iterator[Unit], count: int, book: DutyBook) -> list[UnitOnDuty]:
    """The next `count` of these units, or as many as are left, with how their duty stands."""
    units = list(islice(candidates, count))
    standings = await book.standings([unit.unit_id for unit in units]) if units else {}
    return [UnitOnDuty(unit, standings[unit.unit_id]) for unit in units]
