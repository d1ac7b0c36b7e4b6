"""The figures of one station and one stretch of time. Shares are None when there was nothing to share in.

Incidents, with their orders and stages, belong to the time in which they were reported; deliveries to the time in
which they were planned. Real ones and drills are never in the same figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


def share(part: float, whole: float) -> float | None:
    """`part` of `whole`, 0 to 1; None of nothing."""
    return None if whole == 0 else min(1.0, part / whole)


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles of durations in seconds: the value at rank ⌊p·n⌋, counted from 0. None when there was none."""

    p50_s: float | None = None
    p90_s: float | None = None
    p99_s: float | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """On-duty coverage: unit-seconds on duty with the quorum met, of the unit-seconds of registered units."""

    on_duty_s: float = 0.0
    registered_s: float = 0.0

    @property
    def share(self) -> float | None:
        return share(self.on_duty_s, self.registered_s)


@dataclass(frozen=True, slots=True)
class Responses:
    """What became of a number of orders (or incidents), and how long it took where it came about.

    `never`: it ended without it (declined, unanswered, or over before anybody came). `stood_down`: not needed any
    more. `open`: may still come. The spread is of those that came about, and says nothing of the others.
    """

    total: int = 0
    done: int = 0
    never: int = 0
    stood_down: int = 0
    spread: Spread = field(default_factory=Spread)

    @property
    def open(self) -> int:
        return self.total - self.done - self.never - self.stood_down


@dataclass(frozen=True, slots=True)
class Attainment:
    """A stage of 1-3-5: `due` counts incidents in which it was attained or its deadline passed."""

    stage: int
    due: int
    in_time: int
    late: int

    @property
    def missed(self) -> int:
        """Not attained at all."""
        return self.due - self.in_time - self.late

    @property
    def share(self) -> float | None:
        """Attained in time, of those due."""
        return share(self.in_time, self.due)


@dataclass(frozen=True, slots=True)
class Reach:
    """Messages to people: who got them. `failed`: every channel failed, or it came too late."""

    recipients: int = 0
    reached: int = 0
    acknowledged: int = 0
    failed: int = 0

    @property
    def share(self) -> float | None:
        return share(self.reached, self.recipients)


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it. `coverage` is None where it makes no sense: for drills, and for a class of incidents."""

    incidents: Mapping[str, int] = field(default_factory=dict[str, int])
    """Incidents reported, by class."""
    cancelled: int = 0
    """Of these, those that were none."""
    acknowledged: Responses = Responses()
    """Orders: seconds from order to acknowledgement."""
    arrived: Responses = Responses()
    """Orders: seconds from order to arrival."""
    first_arrived: Responses = Responses()
    """Incidents: seconds from report to the first arrival of anybody."""
    stages: tuple[Attainment, ...] = ()
    reach: Reach = Reach()
    coverage: Coverage | None = None
