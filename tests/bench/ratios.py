"""Figures as the bench states them: repeated, beside a peer of the same run, and held to a goal."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Literal

Verdict = Literal["PASS", "FAIL", "-"]


@dataclass(frozen=True, slots=True)
class Series:
    """One thing measured several times, in the order of the repetitions. `unit` is "/s", "ms", "s", "MiB" or "×"."""

    name: str
    unit: str
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError(f"{self.name}: nothing was measured")

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def low(self) -> float:
        return min(self.values)

    @property
    def high(self) -> float:
        return max(self.values)


@dataclass(frozen=True, slots=True)
class Goal:
    """What the median must reach: at least or at most `bound`, of the ratio to the peer or of the figure itself."""

    sense: Literal["at least", "at most"]
    bound: float
    of: Literal["ratio", "figure"]

    def is_reached(self, value: float) -> bool:
        return value >= self.bound if self.sense == "at least" else value <= self.bound


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the table. Without a peer there is no ratio; without a goal it is only written down."""

    ours: Series
    peer: Series | None = None
    goal: Goal | None = None

    def __post_init__(self) -> None:
        if self.goal is not None and self.goal.of == "ratio" and self.peer is None:
            raise ValueError(f"{self.ours.name}: a ratio needs a peer")

    @property
    def ratio(self) -> Series | None:
        """Ours to the peer's, repetition by repetition; both were measured one right after the other."""
        if self.peer is None:
            return None
        pairs = zip(self.ours.values, self.peer.values, strict=True)
        return Series(f"{self.ours.name} to {self.peer.name}", "×", tuple(ours / peer for ours, peer in pairs))

    @property
    def judged(self) -> Series:
        """What the goal is about."""
        ratio = self.ratio
        return ratio if ratio is not None and (self.goal is None or self.goal.of == "ratio") else self.ours

    @property
    def verdict(self) -> Verdict:
        if self.goal is None:
            return "-"
        return "PASS" if self.goal.is_reached(self.judged.median) else "FAIL"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (above 0, to 1) of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[ceil(share * len(ordered)) - 1]


def shown(value: float) -> str:
    """Three significant digits, thousands grouped."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"
