"""Logging in with the account that a city has for its people already.

The provider says who it is; what one may do is said here, by the account of the same login. A second factor is the
provider's matter: who comes this way is not asked for a code of ours.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from services.checkin.application.account_ports import Accounts, Secrets
from services.checkin.application.identity_provider import STALE, Begun, IdentityProvider, ProviderAway
from services.checkin.application.log_in import NO_RIGHT, WRONG, log_in_action
from services.checkin.application.sessions import Opened, SessionDesk
from services.checkin.domain.accounts import Account
from shared.ports import AuditLog
from shared.vocabulary.decisions import Refused

BEGUN_GOOD_FOR = timedelta(minutes=10)
AWAY = Refused("provider-away", "the city's log-in does not answer")
_PASSES = ("server_error", "temporarily_unavailable")
"""Errors of RFC 6749 4.1.2.1 that are not about who asks."""


@dataclass(frozen=True, slots=True)
class CameBack:
    """What the provider sent somebody back with: a code, or an error. `address`: where the request came from."""

    state: str
    code: str | None
    error: str | None
    address: str | None = None


class ProviderDesk:
    """Sends people to the provider, and takes them when they come back."""

    def __init__(
        self,
        *,
        provider: IdentityProvider,
        accounts: Accounts,
        secrets: Secrets,
        sessions: SessionDesk,
        audit: AuditLog,
    ) -> None:
        self._provider = provider
        self._accounts = accounts
        self._secrets = secrets
        self._sessions = sessions
        self._audit = audit

    async def start(self, redirect_uri: str, return_to: str, now: datetime) -> tuple[str, Begun]:
        """Where to send the browser, and what it has to bring back. Raises ProviderAway."""
        token = self._secrets.token
        begun = Begun(token(), token(), token(), redirect_uri, return_to, now + BEGUN_GOOD_FOR)
        return await self._provider.start(begun), begun

    async def finish(self, begun: Begun | None, back: CameBack, now: datetime) -> Opened | Refused:
        """A session for the account that the provider vouches for; `begun`: what the browser brought back.

        Refused: `login-stale`, `provider-away`, `wrong-credentials` (it vouches for nobody, or for nobody of ours),
        `no-right`.
        """
        if begun is None or now >= begun.until or not _are_same(begun.state, back.state):
            return await self._refused(None, STALE, back)
        login = await self._vouched(begun, back)
        if isinstance(login, Refused):
            return await self._refused(None, login, back)
        found = await self._accounts.find_login(login)
        if found is None:
            return await self._refused(None, WRONG, back)
        account = found[0]
        if account.right is None:
            return await self._refused(account, NO_RIGHT, back)
        await self._tell(account, None, back)
        return await self._sessions.open(account, now)

    async def _vouched(self, begun: Begun, back: CameBack) -> str | Refused:
        if back.code is None:
            return AWAY if back.error in _PASSES else WRONG
        try:
            return await self._provider.finish(begun, back.code)
        except ProviderAway:
            return AWAY

    async def _refused(self, account: Account | None, refused: Refused, back: CameBack) -> Refused:
        await self._tell(account, refused.code, back)
        return refused

    async def _tell(self, account: Account | None, refused: str | None, back: CameBack) -> None:
        await self._audit.record(log_in_action("log-in-oidc", account, refused, back.address))


def _are_same(ours: str, theirs: str) -> bool:
    return compare_digest(ours.encode(), theirs.encode("utf-8", "replace"))
