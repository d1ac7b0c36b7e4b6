"""What a delivery is: not planned, open, or closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.notify.domain.policies import KEPT_AFTER_CLOSE
from services.notify.domain.progress import SETTLED, Progress, Standing
from shared.vocabulary.terms import ChannelKind, Lane

Why = Literal["settled", "withdrawn", "expired"]


@dataclass(frozen=True, slots=True)
class About:
    """What every event of a delivery repeats."""

    delivery_id: str
    incident_id: str | None
    station_id: str
    path: str
    lane: Lane
    drill: bool


@dataclass(frozen=True, slots=True)
class Call:
    """An attempt whose outcome is not known yet."""

    attempt_id: str
    channel: ChannelKind
    recipient_ids: tuple[str, ...]
    unknown_at: datetime


@dataclass(frozen=True, slots=True)
class Unplanned:
    """Nothing is known of this id."""

    state: Literal["unplanned"] = "unplanned"


@dataclass(frozen=True, slots=True)
class Open:
    """Somebody is still to be reached, or an attempt is out."""

    about: About
    planned_at: datetime
    expires_at: datetime
    recipients: tuple[Progress, ...]
    calls: tuple[Call, ...] = ()
    state: Literal["open"] = "open"

    def is_settled(self) -> bool:
        """Nothing is left to do."""
        return not self.calls and all(progress.standing in SETTLED for progress in self.recipients)


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing more begins. Attempts that are out still come to their end, and people still acknowledge."""

    about: About
    planned_at: datetime
    why: Why
    unread_ids: tuple[str, ...]
    read_ids: tuple[str, ...]
    calls: tuple[Call, ...] = ()
    state: Literal["closed"] = "closed"


State = Unplanned | Open | Closed


def due(state: State) -> datetime | None:
    """The next moment at which time alone changes something."""
    if isinstance(state, Unplanned):
        return None
    moments = [call.unknown_at for call in state.calls]
    if isinstance(state, Open):
        moments += [p.retry_at for p in state.recipients if p.retry_at and p.retry_at < state.expires_at]
        if not state.calls:
            moments.append(state.expires_at)
    return min(moments, default=None)


def keep_for(state: State) -> timedelta | None:
    """How long the live state of a closed delivery stays; None while it is not closed."""
    return KEPT_AFTER_CLOSE if isinstance(state, Closed) and not state.calls else None


def waiting(state: Open) -> tuple[Progress, ...]:
    """Recipients whose next attempt has not begun."""
    return tuple(p for p in state.recipients if p.standing is Standing.WAITING)
