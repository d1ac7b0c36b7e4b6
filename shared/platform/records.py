"""What comes off a topic."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.base import Message
from shared.contracts.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Record:
    """One Kafka record, not yet understood. `timestamp` is the broker's on command topics."""

    topic: str
    partition: int
    offset: int
    timestamp: datetime
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Received:
    """A record whose envelope and body are valid by its topic's contract. `body` is None for a tombstone."""

    record: Record
    envelope: Envelope
    body: Message | None
