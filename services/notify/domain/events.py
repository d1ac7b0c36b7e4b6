"""What can happen to a delivery."""

from dataclasses import dataclass
from datetime import datetime

from services.notify.domain.values import Recipient, Result
from shared.vocabulary.terms import ChannelKind, Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryEvent:
    """What every event says of its delivery."""

    delivery_id: str
    incident_id: str | None
    station_id: str
    path: str
    lane: Lane
    drill: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPlanned(DeliveryEvent):
    """It will be delivered, or each failure will be shown."""

    purpose: str
    order_id: str | None
    short_number: str
    recipients: tuple[Recipient, ...]
    text: str
    photo_url: str | None
    actions: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptBegun(DeliveryEvent):
    """Durable before the provider is called."""

    attempt_id: str
    number: int
    channel: ChannelKind
    recipient_ids: tuple[str, ...]
    unknown_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptEnded(DeliveryEvent):
    """What became of it; one result for each recipient of the attempt."""

    attempt_id: str
    channel: ChannelKind
    results: tuple[Result, ...]
    latency_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientUnreachable(DeliveryEvent):
    """Every channel of this person failed: a gap."""

    member_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAcknowledged(DeliveryEvent):
    """A person has read it, so many seconds after it was planned."""

    member_id: str
    via: ChannelKind
    after_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryWithdrawn(DeliveryEvent):
    """Nothing more goes out."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryExpired(DeliveryEvent):
    """Too late to be of use; these never got it."""

    unreached_ids: tuple[str, ...]


Event = (
    DeliveryPlanned
    | AttemptBegun
    | AttemptEnded
    | RecipientUnreachable
    | DeliveryAcknowledged
    | DeliveryWithdrawn
    | DeliveryExpired
)
