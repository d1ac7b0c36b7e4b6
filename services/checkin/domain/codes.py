"""The codes of a post: one that rotates every 30 s on its display, and a printed one that needs a PIN.

All are derived from the city's secret, so that nothing is stored and any API process can make and check them.
"""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.vocabulary.decisions import Refused

STEP_S = 30
GRACE_STEPS = 1
"""A code just read off the display still counts while the next one is shown."""
PROOF_CHARS = 10  # 50 bits: guessing means asking us
LOW_RANGE = 1 << 10  # of the step, in two characters: how an old code is told from a foreign one, for 8.5 hours
PIN_DIGITS = 6
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # RFC 4648 base32

EXPIRED = Refused("code-expired", "the code was shown too long ago: scan the one on the display now")
INVALID = Refused("code-invalid", "this is no code of a post of the unit's site")


@dataclass(frozen=True, slots=True)
class Valid:
    """A code that counts. `step` is None for a printed one."""

    post_id: str
    step: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a display shows from `since` to `until`; as grace it counts one step longer."""

    code: str
    step: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed at a post, and the PIN that its people are told."""

    code: str
    pin: str


@dataclass(frozen=True, slots=True)
class PostCodes:
    """Makes and checks codes. `secret`: the city's, at least 32 bytes of it random."""

    secret: bytes

    def shown(self, post_id: str, now: datetime) -> Shown:
        """The rotating code of this moment."""
        step = step_at(now)
        return Shown(self._rotating(post_id, step), step, _begin(step), _begin(step + 1))

    def printed(self, post_id: str) -> Printed:
        """The fixed code and its PIN."""
        pin = int.from_bytes(self._mac(post_id, "pin")[:8], "big") % 10**PIN_DIGITS
        return Printed(self._proof(post_id, "printed"), f"{pin:0{PIN_DIGITS}}")

    def verify(self, post_ids: Iterable[str], text: str, now: datetime) -> Valid | Refused:
        """Whether `text` is a rotating code of one of these posts that counts now: `code-expired`, `code-invalid`."""
        text = _tidy(text)
        step = _step_of(text, step_at(now))
        if step is None:
            return INVALID
        for post_id in post_ids:
            if _same(self._rotating(post_id, step), text):
                return Valid(post_id, step) if step >= step_at(now) - GRACE_STEPS else EXPIRED
        return INVALID

    def verify_printed(self, post_ids: Iterable[str], text: str, pin: str) -> Valid | Refused:
        """Whether `text` is the printed code of one of these posts and `pin` its PIN: `code-invalid`."""
        for post_id in post_ids:
            printed = self.printed(post_id)
            if _same(printed.code, _tidy(text)) & _same(printed.pin, pin):
                return Valid(post_id, None)
        return INVALID

    def _rotating(self, post_id: str, step: int) -> str:
        low = step % LOW_RANGE
        return self._proof(post_id, f"step {step}") + _ALPHABET[low >> 5] + _ALPHABET[low & 31]

    def _proof(self, post_id: str, what: str) -> str:
        return b32encode(self._mac(post_id, what)).decode()[:PROOF_CHARS]

    def _mac(self, post_id: str, what: str) -> bytes:
        key = hmac.digest(self.secret, b"post " + post_id.encode(), hashlib.sha256)
        return hmac.digest(key, what.encode(), hashlib.sha256)


def step_at(now: datetime) -> int:
    """The number of the 30 s step that `now` lies in, counted from 1970."""
    return int(now.timestamp()) // STEP_S


def _begin(step: int) -> datetime:
    return datetime.fromtimestamp(step * STEP_S, UTC)


def _tidy(text: str) -> str:
    """As people type it: any case, blanks or hyphens between groups."""
    return text.replace(" ", "").replace("-", "").upper()


def _same(ours: str, given: str) -> bool:
    """In a time that tells nothing of where they differ."""
    return hmac.compare_digest(ours.encode(), given.encode("utf-8", "replace"))


def _step_of(text: str, current: int) -> int | None:
    """The latest step up to `current` with the low bits that the text carries; None: it is no rotating code."""
    if len(text) != PROOF_CHARS + 2 or not set(text[PROOF_CHARS:]) <= set(_ALPHABET):
        return None
    low = _ALPHABET.index(text[PROOF_CHARS]) << 5 | _ALPHABET.index(text[PROOF_CHARS + 1])
    return current - (current - low) % LOW_RANGE
