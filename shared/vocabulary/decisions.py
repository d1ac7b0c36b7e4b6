"""What a decider answers. A refusal is a returned value; an exception is a fault."""

from dataclasses import dataclass
from typing import Generic, TypeVar

E_co = TypeVar("E_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Accepted(Generic[E_co]):
    """The events that a command caused, in order. No events: the command changes nothing, and is no error."""

    events: tuple[E_co, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a command has no effect. `code` is stable, kebab-case and part of the HTTP contract."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The command that a tick gives to an aggregate whose deadline its timestamp has passed."""
