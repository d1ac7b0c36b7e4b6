"""What a delivery can be asked."""

from dataclasses import dataclass
from datetime import datetime

from services.notify.domain.values import Recipient, Result
from shared.vocabulary.terms import ChannelKind, Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDelivery:
    """Tell these people this. Planned twice under one id, it is delivered once."""

    delivery_id: str
    lane: Lane
    purpose: str
    incident_id: str | None = None
    order_id: str | None = None
    station_id: str
    path: str
    drill: bool = False
    short_number: str
    recipients: tuple[Recipient, ...]
    text: str
    photo_url: str | None = None
    actions: tuple[str, ...] = ()
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAttempt:
    """What a provider answered, per recipient. Latency in milliseconds."""

    delivery_id: str
    attempt_id: str
    results: tuple[Result, ...]
    latency_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeDelivery:
    """A person has read it."""

    delivery_id: str
    member_id: str
    via: ChannelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDelivery:
    """What is still queued need not go out any more."""

    delivery_id: str
    reason: str


Command = PlanDelivery | EndAttempt | AcknowledgeDelivery | WithdrawDelivery
