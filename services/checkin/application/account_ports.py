"""What logging in and looking after accounts need of the world."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.checkin.domain.accounts import Account, Credentials, Right, Tries


class Taken(Exception):
    """There is an account with this id or this login already. Nothing was written."""


class TooBusy(Exception):
    """So many passwords are being checked that this one would wait too long."""


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Accounts whose right lies in `subtree`, and those without a right.

    `text`: only those whose login or id begins with it, or that belong to the unit of this id; case counts in ids.
    Names are sealed, and are not searched. `only_without_right`: who waits for one.
    """

    subtree: str
    text: str = ""
    only_without_right: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A login that lasts until `until`, if it is not ended earlier."""

    session_id: str
    account_id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a refresh token leads to. `used_at`: it was exchanged for a newer one already."""

    session: Session
    used_at: datetime | None
    ended: bool


class Accounts(Protocol):
    """Everybody who may log in, with what their logins are checked against."""

    async def find(self, account_id: str) -> Account | None:
        """By its id."""
        ...

    async def find_all(self, account_ids: Collection[str]) -> Sequence[Account]:
        """Those of them that are there."""
        ...

    async def find_login(self, login: str) -> tuple[Account, Credentials] | None:
        """By what its owner types: case does not count."""
        ...

    async def page(self, wanted: AccountFilter, after: str, limit: int) -> Sequence[Account]:
        """Accounts by id, behind `after`."""
        ...

    async def add(self, account: Account, credentials: Credentials) -> None:
        """Raises Taken."""
        ...

    async def set_right(self, account_id: str, right: Right | None) -> None:
        """Give or take; taking ends every session."""
        ...

    async def set_credentials(self, account_id: str, credentials: Credentials) -> None:
        """A new password, a second factor, or the step of the code that was used last."""
        ...

    async def take_code_step(self, account_id: str, step: int) -> bool:
        """Note the step of the code that is being used; False when it or a later one was used before."""
        ...

    async def are_there_any(self) -> bool:
        """False only before the first start's administrators were made."""
        ...


class LoginTries(Protocol):
    """How often each login was tried in vain, whether there is such an account or not."""

    async def take(self, login: str, now: datetime) -> datetime | None:
        """Count a try; or, when it comes too early, not: then the time from which on it is not."""
        ...

    async def give_back(self, login: str) -> None:
        """The password was right and something else is asked for first: this one was no guess."""
        ...

    async def forget(self, login: str) -> None:
        """After a login."""
        ...

    async def of(self, login: str) -> Tries | None:
        """Those that are counted now."""
        ...


class Sessions(Protocol):
    """Who is logged in. Of refresh tokens only hashes are kept."""

    async def begin(self, session: Session, token: str, now: datetime) -> None:
        """With its first refresh token."""
        ...

    async def renewal(self, token: str) -> Renewal | None:
        """What this refresh token leads to; None when it is none of ours."""
        ...

    async def rotate(self, session_id: str, used: str, token: str, now: datetime) -> None:
        """`used` is exchanged for `token`."""
        ...

    async def end(self, session_id: str) -> None:
        """None of its refresh tokens counts any more."""
        ...

    async def end_all(self, account_id: str) -> None:
        """Every session of an account."""
        ...


class FirstStart(Protocol):
    """The one-time links with which a city's first administrators are made."""

    async def offer(self, token: str, until: datetime) -> None:
        """Good until then, or until one of them was used."""
        ...

    async def redeem(self, token: str, now: datetime, first: Sequence[tuple[Account, Credentials]]) -> bool:
        """Make the first accounts and use up every link, all or nothing.

        False when it is none, is too old, or there are accounts already.
        """
        ...


class Passwords(Protocol):
    """One-way hashes of passwords (argon2id); slow on purpose, and never on the event loop."""

    async def hash(self, password: str) -> str:
        """With its salt and parameters. Raises TooBusy."""
        ...

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password; with None it takes as long, and is False. Raises TooBusy."""
        ...


class TimeCodes(Protocol):
    """Codes of six digits that change every 30 s (TOTP, RFC 6238)."""

    def uri(self, secret: str, login: str) -> str:
        """What an authenticator app reads (otpauth://)."""
        ...

    def step(self, secret: str, code: str, now: datetime) -> int | None:
        """The step that the code belongs to, the one before and the next included; None: it is wrong."""
        ...


class Secrets(Protocol):
    """What nobody can guess."""

    def token(self) -> str:
        """256 bits, URL-safe."""
        ...

    def password(self) -> str:
        """A one-time password that can be read out: 80 bits in groups."""
        ...

    def code_secret(self) -> str:
        """160 bits in base32."""
        ...
