"""Roles that every service needs and the platform plays."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Wall-clock time. Deciders never ask it: their `now` is the command record's timestamp."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        ...


class Ids(Protocol):
    """Fresh ids, for what is named for the first time at the edge (a command, a request)."""

    def new(self) -> str:
        """A new opaque id; sorts by time of making."""
        ...
