"""Roles that every service needs and the platform plays."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What somebody did or saw, or tried to.

    `action` is a code such as `log-in` or `members-seen`; `about` is the id of what it was done to; `refused`: the code
    of why it was not done; `address`: where the request came from.
    """

    actor_id: str
    action: str
    about: str = ""
    role: str | None = None
    path: str | None = None
    refused: str | None = None
    address: str | None = None


class AuditLog(Protocol):
    """Who did or saw what, kept for ever."""

    async def record(self, action: Action) -> None:
        """Durable on return. Raises when it can not be written: then what it tells of must not happen either."""
        ...
