"""Stretches of time: half-open, [start, end), aware."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

DAYS_MAX = 400
"""How much is shown at once: a year, and the month before it."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` until just before `end`; ValueError when it ends before it starts."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"ends {self.end.isoformat()} before it starts {self.start.isoformat()}")

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    @property
    def seconds(self) -> float:
        """Its length."""
        return (self.end - self.start).total_seconds()

    @property
    def is_too_long(self) -> bool:
        """Whether it is more than is shown at once."""
        return self.end - self.start > timedelta(days=DAYS_MAX)

    def overlap(self, other: "Window") -> "Window | None":
        """The part that both have; None when there is none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Window(start, end) if start < end else None

    def until(self, moment: datetime) -> "Window":
        """What of it lies before `moment`: nothing is known of the time after now."""
        return Window(self.start, max(self.start, min(self.end, moment)))

    def days(self, zone: tzinfo) -> Iterator[tuple[date, "Window"]]:
        """Its parts by calendar day in `zone`, in order; none when it is empty."""
        start = self.start
        while start < self.end:
            day = start.astimezone(zone).date()
            midnight = datetime.combine(day + timedelta(days=1), time(), zone)
            end = min(self.end, midnight.astimezone(self.end.tzinfo))
            yield day, Window(start, end)
            start = end
