"""The real clock and fresh ids."""

import secrets
import time
from datetime import UTC, datetime


class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SystemIds:
    """26 characters that sort by the time of their making: 48 bits of milliseconds, 80 random bits (as ULID)."""

    _ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

    def new(self) -> str:
        value = (int(time.time() * 1000) << 80) | secrets.randbits(80)
        return "".join(self._ALPHABET[(value >> shift) & 31] for shift in range(125, -5, -5))


def from_ms(ms: int) -> datetime:
    """The time of a Kafka timestamp (milliseconds since 1970, UTC)."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def to_ms(time_: datetime) -> int:
    """Milliseconds since 1970, rounded up: a deadline is never taken for due before it is."""
    return -int(-time_.timestamp() * 1000 // 1)
