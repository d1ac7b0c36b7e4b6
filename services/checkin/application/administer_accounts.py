"""Looking after accounts, by two offices of which neither can do it alone (三员分立)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.checkin.application.account_ports import Accounts, FirstStart, Passwords, Secrets, Sessions, Taken
from services.checkin.domain.accounts import (
    ONE_TIME_GOOD_FOR,
    Account,
    Credentials,
    Right,
    fault_of_grant,
)
from shared.ports import Action, AuditLog
from shared.vocabulary.decisions import Refused
from shared.vocabulary.terms import Role

UNKNOWN = Refused("account-unknown", "there is no such account")
TAKEN = Refused("account-taken", "the id or the login is another account's")
LINK_INVALID = Refused("link-invalid", "the link was used, is too old, or there are administrators already")
FIRST_LINK_GOOD_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class OneTime:
    """An account with a password that has to be replaced before `until`; shown this once."""

    account: Account
    password: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who gets an account: a registered person's `account_id` is the member's id."""

    account_id: str
    login: str
    name: str


class AccountsDesk:
    """System administrators make accounts and hand out passwords, security administrators say what they may do."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        sessions: Sessions,
        first_start: FirstStart,
        passwords: Passwords,
        secrets: Secrets,
        audit: AuditLog,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._first_start = first_start
        self._passwords = passwords
        self._secrets = secrets
        self._audit = audit

    async def add(self, by: Account, newcomer: Newcomer, now: datetime) -> OneTime | Refused:
        """An account without any right: `account-taken`."""
        await self._tell(by, "make-account", newcomer.account_id)
        return await self._add(Account(newcomer.account_id, newcomer.login, newcomer.name, None), now)

    async def give_password(self, by: Account, account_id: str, now: datetime) -> OneTime | Refused:
        """A one-time password in place of a forgotten one, every session ended: `account-unknown`.

        The second factor stays: who hands out passwords can not log in with them.
        """
        account = await self._accounts.find(account_id)
        found = None if account is None else await self._accounts.find_login(account.login)
        if found is None:
            return UNKNOWN
        await self._tell(by, "give-password", account_id)
        one_time, credentials = await self._one_time(found[0], now)
        kept = replace(found[1], password_hash=credentials.password_hash, one_time_until=credentials.one_time_until)
        await self._accounts.set_credentials(account_id, kept)
        await self._sessions.end_all(account_id)
        return one_time

    async def forget_second_factor(self, by: Account, account_id: str) -> Refused | None:
        """After a lost telephone: the next login enrols a new one. By a security administrator, for others only."""
        account = await self._accounts.find(account_id)
        found = None if account is None else await self._accounts.find_login(account.login)
        if found is None:
            return UNKNOWN
        fault = fault_of_grant(by, found[0], found[0].right)
        await self._tell(by, "forget-second-factor", account_id, fault)
        if fault is None:
            fresh = replace(found[1], code_secret=None, code_confirmed=False, code_step=0)
            await self._accounts.set_credentials(account_id, fresh)
            await self._sessions.end_all(account_id)
        return fault

    async def give_right(self, by: Account, account_id: str, right: Right | None) -> Refused | None:
        """Give a right in place of the one that is there, or take it (None), which ends every session:
        `account-unknown`, `not-yours-to-give`, `role-without-login`, `unit-needed`.
        """
        account = await self._accounts.find(account_id)
        if account is None:
            return UNKNOWN
        fault = fault_of_grant(by, account, right)
        await self._tell(by, "take-right" if right is None else f"give-right-{right.role.value}", account_id, fault)
        if fault is None:
            await self._accounts.set_right(account_id, right)
            if right is None:
                await self._sessions.end_all(account_id)
        return fault

    async def begin(
        self, token: str, city_path: str, three: dict[Role, Newcomer], now: datetime
    ) -> list[OneTime] | Refused:
        """The first three administrators, by the link of the first start: `link-invalid`, `account-taken`.

        All three at once, and three different people: were there one first, that one could make the others alone.
        """
        if len({newcomer.account_id for newcomer in three.values()} | {n.login for n in three.values()}) < len(three):
            return TAKEN
        made = [
            await self._one_time(Account(n.account_id, n.login, n.name, Right(role, city_path)), now)
            for role, n in three.items()
        ]
        first = [(one_time.account, credentials) for one_time, credentials in made]
        if not await self._first_start.redeem(token, now, first):
            await self._audit.record(Action(actor_id="nobody", action="first-start", refused=LINK_INVALID.code))
            return LINK_INVALID
        for role, newcomer in three.items():
            about = newcomer.account_id
            await self._audit.record(Action(actor_id="first-start", action=f"give-right-{role.value}", about=about))
        return [one_time for one_time, _ in made]

    async def _add(self, account: Account, now: datetime) -> OneTime | Refused:
        one_time, credentials = await self._one_time(account, now)
        try:
            await self._accounts.add(account, credentials)
        except Taken:
            return TAKEN
        return one_time

    async def _one_time(self, account: Account, now: datetime) -> tuple[OneTime, Credentials]:
        password = self._secrets.password()
        until = now + ONE_TIME_GOOD_FOR
        return OneTime(account, password, until), Credentials(await self._passwords.hash(password), until)

    async def _tell(self, by: Account, action: str, about: str, fault: Refused | None = None) -> None:
        right = by.right
        await self._audit.record(
            Action(
                actor_id=by.account_id,
                action=action,
                about=about,
                role=None if right is None else right.role.value,
                path=None if right is None else right.path,
                refused=None if fault is None else fault.code,
            )
        )
