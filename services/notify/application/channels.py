"""The one interface of every channel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.contracts.delivery import Result
from shared.vocabulary.terms import AttemptOutcome, ChannelKind, Lane

DETAIL_MAX = 300


@dataclass(frozen=True, slots=True)
class Addressee:
    """One person, and where this channel finds them: a number, a URL; empty for the inbox."""

    member_id: str
    address: str


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One attempt to tell 1 to 500 people the same."""

    attempt_id: str
    """The provider's idempotency key."""
    delivery_id: str
    """The same in every attempt."""
    lane: Lane
    purpose: str
    incident_id: str | None
    order_id: str | None
    drill: bool
    short_number: str
    text: str
    photo_url: str | None
    actions: tuple[str, ...]
    planned_at: datetime
    expires_at: datetime
    addressees: tuple[Addressee, ...]


class Channel(Protocol):
    """A way to reach people."""

    @property
    def kind(self) -> ChannelKind:
        """Which one."""
        ...

    @property
    def bears_repeats(self) -> bool:
        """Whether sending an attempt twice is as good as once, so that nobody needs to know whether it was sent."""
        ...

    async def send(self, message: OutgoingMessage) -> tuple[Result, ...]:
        """Hand the message over: one result for each addressee, in their order.

        `failed` only when it certainly was not sent; `unknown` when the request may have left. Must not raise for
        what a provider does, must answer within 10 s, and must let one addressee's trouble touch no other.
        """
        ...


def same_result(message: OutgoingMessage, outcome: AttemptOutcome, detail: str = "") -> tuple[Result, ...]:
    """One outcome for all of a message's addressees."""
    return tuple(result_for(addressee, outcome, detail) for addressee in message.addressees)


def result_for(addressee: Addressee, outcome: AttemptOutcome, detail: str = "") -> Result:
    """One addressee's result; the detail is cut to what the contract takes."""
    return Result(member_id=addressee.member_id, outcome=outcome, detail=detail[:DETAIL_MAX])
