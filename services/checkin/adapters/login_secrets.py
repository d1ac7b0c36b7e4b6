"""Passwords, codes and secrets: argon2id, TOTP and the system's randomness."""

import asyncio
import secrets
from base64 import b32encode
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar, TypeVarTuple

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from pyotp import random_base32
from pyotp.totp import TOTP

from services.checkin.application.account_ports import TooBusy
from services.checkin.domain.accounts import Account
from shared.platform.web.tokens import Principal, issue_token
from shared.ports import Clock

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

ISSUER = "MEU"
AT_ONCE = 2
WAITING_MAX = 30
"""Each check takes some 50 ms of a core and 64 MiB while it lasts: who comes later than that is told to come again."""
STEP_S = 30


class Argon2Passwords:
    """Implements the port `Passwords` with the library's parameters, which follow RFC 9106 (64 MiB, 3 passes)."""

    def __init__(self, at_once: int = AT_ONCE, waiting_max: int = WAITING_MAX) -> None:
        self._hasher = PasswordHasher()
        self._turns = asyncio.Semaphore(at_once)
        self._places = at_once + waiting_max
        self._nobodys = self._hasher.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        return await self._in_turn(self._hasher.hash, _bytes(password))

    async def matches(self, password_hash: str | None, password: str) -> bool:
        right = await self._in_turn(self._verified, password_hash or self._nobodys, _bytes(password))
        return right and password_hash is not None

    async def _in_turn(self, work: Callable[[*Ts], T], *arguments: *Ts) -> T:
        if self._places == 0:
            raise TooBusy
        self._places -= 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._places += 1

    def _verified(self, password_hash: str, password: bytes) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (Argon2Error, InvalidHashError):
            return False


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "replace")


class Totp:
    """Implements the port `TimeCodes`: SHA-1, six digits, 30 s, as every authenticator app reads them."""

    def uri(self, secret: str, login: str) -> str:
        return TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)

    def step(self, secret: str, code: str, now: datetime) -> int | None:
        current = int(now.timestamp()) // STEP_S
        totp, tidy = TOTP(secret), code.replace(" ", "")
        if not (tidy.isascii() and tidy.isdigit()):
            return None
        steps = (current - 1, current, current + 1)
        return next((step for step in steps if secrets.compare_digest(totp.generate_otp(step), tidy)), None)


class SystemSecrets:
    """Implements the port `Secrets`."""

    def token(self) -> str:
        return secrets.token_urlsafe(32)

    def password(self) -> str:
        text = b32encode(secrets.token_bytes(10)).decode().lower()
        return "-".join(text[start : start + 4] for start in range(0, len(text), 4))

    def code_secret(self) -> str:
        return random_base32()


class SignedTokens:
    """Implements the port `AccessTokens` with the key that every service knows the other half of."""

    def __init__(self, private_key: str, clock: Clock) -> None:
        self._private_key = private_key
        self._clock = clock

    def issue(self, account: Account, good_for: timedelta) -> str:
        right = account.right
        assert right is not None
        principal = Principal(account.account_id, right.role, right.path, right.unit_id, right.station_id)
        return issue_token(self._private_key, principal, self._clock, good_for)
