"""What a row of the bench is, and what comes of running one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.bench.ratios import Figure

Say = Callable[[str], None]


class CannotMeasure(Exception):
    """The row cannot be measured here or as the system is. The text says plainly what is missing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """`remarks` say what a reader must know: sizes, what was counted, what differs from the goal's text."""

    figures: tuple[Figure, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """`run` starts what it needs, measures, and leaves nothing behind; `say` is told how far it is."""

    key: str
    what: str
    peer: str
    goal: str
    run: Callable[[Say], Awaitable[Measured]]
