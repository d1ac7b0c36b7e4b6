"""Rosters of the demo city: who is expected when, and the few of them who do not come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from zoneinfo import ZoneInfo

from deploy.local.demo.city import Manned
from deploy.local.demo.people import Person
from shared.contracts.registry import Post

ZONE = ZoneInfo("Asia/Shanghai")
"""The city's."""
DAY_HOURS = (8, 20)
"""From, to: of the units that stand by day only."""
ABSENT = 0.05
"""Of those rostered but the first of each watch, whose phone answers for the unit."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One watch of a unit on one day, and where it stands. Of those rostered, only who `comes` is there."""

    watch: int
    from_hour: int
    to_hour: int
    """24 at the end of the day."""
    post: Post
    rostered: tuple[Person, ...]
    comes: tuple[Person, ...]


def watch_at(manned: Manned, now: datetime) -> int | None:
    """Which watch stands at that time in the city; None when the unit is off duty then."""
    hour = now.astimezone(ZONE).hour
    if manned.watches == 1:
        return 0 if DAY_HOURS[0] <= hour < DAY_HOURS[1] else None
    return hour * manned.watches // 24


def turn(seed: int, manned: Manned, watch: int, day: date) -> Turn:
    """The watch of that day in the city's time: always the same for the same seed, unit and day."""
    random = Random(f"{seed} {manned.unit.unit_id} {watch} {day}")
    people = manned.unit.quorum + random.randrange(0, 2)
    rostered = tuple(person for person in manned.people if person.watch == watch)[:people]
    comes = rostered[:1] + tuple(person for person in rostered[1:] if random.random() >= ABSENT)
    hours = DAY_HOURS if manned.watches == 1 else _hours(watch, manned.watches)
    return Turn(watch, *hours, random.choice(manned.site.posts), rostered, comes)


def turns(seed: int, manned: Manned, day: date) -> Iterator[Turn]:
    """All of one day."""
    return (turn(seed, manned, watch, day) for watch in range(manned.watches))


def _hours(watch: int, watches: int) -> tuple[int, int]:
    """As `watch_at` parts the day."""
    return -(-watch * 24 // watches), -(-(watch + 1) * 24 // watches)
