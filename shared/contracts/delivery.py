"""Deliveries: one message to a cohort of 1 to 500 people, with the proof of who got it.

The aggregate id is the delivery's.
"""

from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.base import Body, Code, Id, Message, Path, Personal, Time
from shared.contracts.registry import Channel
from shared.vocabulary.terms import AttemptOutcome, ChannelKind, Lane


class Recipient(Body):
    """A person and the ways to reach them, in the order in which they are tried."""

    member_id: Id
    channels: tuple[Channel, ...]


class Result(Body):
    """What became of an attempt for one recipient."""

    member_id: Id
    outcome: AttemptOutcome
    detail: str = Field(default="", max_length=300)


class _DeliveryCommand(Message):
    SERVICE: ClassVar[str] = "notify"
    KIND: ClassVar[Literal["command", "event", "state"]] = "command"
    delivery_id: Id


class PlanDelivery(_DeliveryCommand):
    """Tell these people this. Planned twice under one id, it is delivered once."""

    lane: Lane
    purpose: Code = Field(description="`order`, `stand-down`, `notice`, `escalation`, `broadcast`, `recall`.")
    incident_id: Id | None = None
    order_id: Id | None = None
    station_id: Id
    path: Path
    drill: bool = False
    short_number: str = Field(max_length=8, description="Shown in the text; the same in every repeat.")
    recipients: tuple[Recipient, ...] = Field(max_length=500)
    text: Personal
    photo_url: Personal | None = None
    actions: tuple[Code, ...] = ()
    expires_at: Time


class EndAttempt(_DeliveryCommand):
    """What a provider answered, per recipient."""

    attempt_id: Id
    results: tuple[Result, ...]
    latency_ms: float = Field(ge=0)


class AcknowledgeDelivery(_DeliveryCommand):
    """A person has read it."""

    member_id: Id
    via: ChannelKind


class WithdrawDelivery(_DeliveryCommand):
    """What is still queued need not go out any more."""

    reason: Code


class _DeliveryEvent(Message):
    SERVICE: ClassVar[str] = "notify"
    delivery_id: Id
    incident_id: Id | None
    station_id: Id
    path: Path
    lane: Lane
    drill: bool
    at: Time


class DeliveryPlanned(_DeliveryEvent):
    """It will be delivered, or each failure will be shown."""

    purpose: Code
    order_id: Id | None
    short_number: str
    recipients: tuple[Recipient, ...]
    text: Personal
    photo_url: Personal | None
    actions: tuple[Code, ...]
    expires_at: Time


class AttemptBegun(_DeliveryEvent):
    """Durable before the provider is called. The provider's idempotency key is `attempt_id`."""

    attempt_id: Id
    number: int = Field(ge=1, description="1 for the first attempt for these recipients over this channel.")
    channel: ChannelKind
    recipient_ids: tuple[Id, ...]
    unknown_at: Time = Field(description="With no outcome by then, the outcome is unknown.")


class AttemptEnded(_DeliveryEvent):
    """What became of it."""

    attempt_id: Id
    channel: ChannelKind
    results: tuple[Result, ...]
    latency_ms: float | None = Field(description="Null when no outcome was ever heard.")


class RecipientUnreachable(_DeliveryEvent):
    """Every channel of this person failed: a gap that is shown, and that blocks nobody else."""

    member_id: Id
    reason: Code


class DeliveryAcknowledged(_DeliveryEvent):
    """A person has read it."""

    member_id: Id
    via: ChannelKind
    after_s: float


class DeliveryWithdrawn(_DeliveryEvent):
    """Nothing more goes out."""

    reason: Code


class DeliveryExpired(_DeliveryEvent):
    """Too late to be of use; these never got it."""

    unreached_ids: tuple[Id, ...]
