"""How far one recipient is. One person's progress never depends on another's."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.notify.domain.policies import TRIES_A_CHANNEL, back_off, may_send_again
from services.notify.domain.values import Recipient
from shared.vocabulary.terms import AttemptOutcome, ChannelKind, Lane


class Standing(StrEnum):
    """Where a recipient stands."""

    WAITING = "waiting"
    """For the next attempt, at `retry_at`."""
    CALLING = "calling"
    """An attempt is out."""
    REACHED = "reached"
    UNKNOWN = "unknown"
    """It may have arrived, and is not sent again."""
    EXHAUSTED = "exhausted"
    """No channel is left; not yet shown as a gap."""
    UNREACHED = "unreached"


SETTLED = (Standing.REACHED, Standing.UNKNOWN, Standing.UNREACHED)


@dataclass(frozen=True, slots=True)
class Progress:
    """`channels` are those left, the present one first; `tries` counts the attempts begun over that one."""

    member_id: str
    channels: tuple[ChannelKind, ...]
    standing: Standing
    retry_at: datetime | None = None
    tries: int = 0
    maybe: bool = False
    """Some attempt ended as unknown."""
    acknowledged: bool = False

    def is_due(self, now: datetime) -> bool:
        """Whether the next attempt should begin."""
        return self.standing is Standing.WAITING and self.retry_at is not None and self.retry_at <= now


Move = Callable[[Progress], Progress]


def at_start(recipient: Recipient, now: datetime) -> Progress:
    """A recipient of a delivery just planned. A second address of a channel's kind is not tried."""
    kinds = tuple(dict.fromkeys(channel.kind for channel in recipient.channels))
    standing = Standing.WAITING if kinds else Standing.EXHAUSTED
    return Progress(recipient.member_id, kinds, standing, retry_at=now if kinds else None)


def attempt_begun(progress: Progress) -> Progress:
    """An attempt over the present channel is out."""
    return replace(progress, standing=Standing.CALLING, retry_at=None, tries=progress.tries + 1)


def attempt_ended(progress: Progress, outcome: AttemptOutcome, lane: Lane, attempt_id: str, at: datetime) -> Progress:
    """Done, or waiting for another try over this channel or the next, or out of channels."""
    if progress.acknowledged or outcome is AttemptOutcome.ACCEPTED:
        return replace(progress, standing=Standing.REACHED)
    progress = replace(progress, maybe=progress.maybe or outcome is AttemptOutcome.UNKNOWN)
    if not may_send_again(lane, outcome):
        return replace(progress, standing=Standing.UNKNOWN)
    if progress.tries < TRIES_A_CHANNEL:
        retry_at = at + back_off(progress.tries, attempt_id)
        return replace(progress, standing=Standing.WAITING, retry_at=retry_at)
    if len(progress.channels) > 1:
        return replace(progress, channels=progress.channels[1:], tries=0, standing=Standing.WAITING, retry_at=at)
    return replace(progress, standing=Standing.UNKNOWN if progress.maybe else Standing.EXHAUSTED)


def acknowledged(progress: Progress) -> Progress:
    """Who has read it needs no further attempt; one that is out comes to its end."""
    standing = Standing.CALLING if progress.standing is Standing.CALLING else Standing.REACHED
    return replace(progress, standing=standing, acknowledged=True, retry_at=None)
