"""Times as whole microseconds since 1970."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000
MS_US = 1_000


@lru_cache(65_536)
def moment(text: str) -> int:
    """The moment of an RFC 3339 text. ValueError when it is none, or has no offset."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return (time - _EPOCH) // _MICROSECOND


def text_of(us: int) -> str:
    """The inverse of `moment`, in UTC."""
    return (_EPOCH + us * _MICROSECOND).isoformat()
