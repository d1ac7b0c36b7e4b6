"""Rosters 排班: who of a unit is expected when, week by week, in the city's time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class Shift:
    """A member's hours on one day of the week: 1 is Monday. Minutes since midnight.

    One that ends no later than it begins ends on the next day. `post` None: at any of the site's.
    """

    member: str
    weekday: int
    begins: int
    ends: int
    post: str | None

    def holds(self, now: datetime) -> bool:
        """Whether `now`, in the city's time, lies in it."""
        minute = now.hour * 60 + now.minute
        length = (self.ends - self.begins) % DAY_MIN or DAY_MIN
        days = (now.isoweekday() - self.weekday) % 7
        return 0 <= days * DAY_MIN + minute - self.begins < length


def expected(shifts: Iterable[Shift], now: datetime) -> dict[str, str | None]:
    """The members whose shifts hold at `now`, in the city's time, with the post of each."""
    return {shift.member: shift.post for shift in shifts if shift.holds(now)}
