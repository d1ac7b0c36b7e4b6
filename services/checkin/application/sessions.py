"""Sessions: short access tokens, and refresh tokens that are good for one exchange."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from services.checkin.application.account_ports import Accounts, Renewal, Secrets, Session, Sessions
from services.checkin.domain.accounts import ON_PHONES, Account
from shared.ports import Action, AuditLog, Ids

ACCESS_GOOD_FOR = timedelta(minutes=10)
"""As long a right that was taken may still be used."""
LASTS_ON_PHONES = timedelta(days=30)
LASTS_IN_OFFICES = timedelta(hours=12)
"""A long shift: the next one logs in under its own name."""
USED_TWICE_WITHIN = timedelta(seconds=10)
"""Two tabs may ask at once, and an answer may be lost on its way; later the token is somebody else's."""


class AccessTokens(Protocol):
    """Signs what services check."""

    def issue(self, account: Account, good_for: timedelta) -> str:
        """The bearer token of an account with a right."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A session's tokens: `access` for services until `access_until`, `refresh` for the next ones until `until`."""

    account: Account
    access: str
    access_until: datetime
    refresh: str
    until: datetime


class SessionDesk:
    """Opens, renews and ends sessions."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        sessions: Sessions,
        secrets: Secrets,
        tokens: AccessTokens,
        ids: Ids,
        audit: AuditLog,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._secrets = secrets
        self._tokens = tokens
        self._ids = ids
        self._audit = audit

    async def open(self, account: Account, now: datetime) -> Opened:
        """For an account with a right that has just proved who it is."""
        assert account.right is not None
        lasts = LASTS_ON_PHONES if account.right.role in ON_PHONES else LASTS_IN_OFFICES
        session = Session(self._ids.new(), account.account_id, now + lasts)
        refresh = self._secrets.token()
        await self._sessions.begin(session, refresh, now)
        return self._opened(account, session, refresh, now)

    async def renew(self, refresh: str, now: datetime) -> Opened | None:
        """New tokens for an old one; None when the session has ended. A token that comes a second time, other than at
        once, was stolen, or what came of it was: the session ends for both.
        """
        found = await self._sessions.renewal(refresh)
        if found is None or found.ended or now >= found.session.until:
            return None
        if found.used_at is not None and now > found.used_at + USED_TWICE_WITHIN:
            await self._end_stolen(found)
            return None
        account = await self._accounts.find(found.session.account_id)
        if account is None or account.right is None:
            return None
        newer = self._secrets.token()
        await self._sessions.rotate(found.session.session_id, refresh, newer, now)
        return self._opened(account, found.session, newer, now)

    async def end(self, refresh: str) -> None:
        """Log out. Nothing happens when the session has ended already."""
        found = await self._sessions.renewal(refresh)
        if found is not None and not found.ended:
            await self._sessions.end(found.session.session_id)
            await self._audit.record(Action(actor_id=found.session.account_id, action="log-out"))

    async def _end_stolen(self, found: Renewal) -> None:
        await self._sessions.end(found.session.session_id)
        account_id = found.session.account_id
        await self._audit.record(Action(actor_id=account_id, action="renew-session", refused="token-used-twice"))

    def _opened(self, account: Account, session: Session, refresh: str, now: datetime) -> Opened:
        access = self._tokens.issue(account, ACCESS_GOOD_FOR)
        return Opened(account, access, now + ACCESS_GOOD_FOR, refresh, session.until)
