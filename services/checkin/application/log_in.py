"""Logging in: the password, a new one where it was given by somebody else, and the second factor."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from services.checkin.application.account_ports import (
    Accounts,
    LoginTries,
    Passwords,
    Secrets,
    TimeCodes,
    TooBusy,
)
from services.checkin.application.sessions import Opened, SessionDesk
from services.checkin.domain.accounts import Account, Credentials, fault_of_password
from shared.ports import Action, AuditLog
from shared.vocabulary.decisions import Refused
from shared.vocabulary.terms import Role

WRONG = Refused("wrong-credentials", "login, password or code are wrong")
"""One word for all: it must not tell which logins there are."""
NO_RIGHT = Refused("no-right", "a security administrator has to say first what the account may do")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody typed. `address`: where the request came from."""

    login: str
    password: str
    new_password: str | None = None
    code: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class NewPasswordNeeded:
    """The password was given by somebody else: the same again, with a new one."""


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """The same again, with the code that the app shows."""


@dataclass(frozen=True, slots=True)
class EnrolmentNeeded:
    """An app has to be given `uri` first; then the same again, with the code that it shows."""

    uri: str


@dataclass(frozen=True, slots=True)
class TooEarly:
    """Tried too often: not before this time, right or wrong."""

    until: datetime


LogIn = Opened | NewPasswordNeeded | CodeNeeded | EnrolmentNeeded | TooEarly | Refused


class LoginDesk:
    """Takes attempts. There is no half-right token: until everything is right, nothing is given out or written."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        tries: LoginTries,
        passwords: Passwords,
        codes: TimeCodes,
        secrets: Secrets,
        sessions: SessionDesk,
        audit: AuditLog,
        second_factor: Collection[Role],
    ) -> None:
        """`second_factor`: the roles that never log in with a password alone."""
        self._accounts = accounts
        self._tries = tries
        self._passwords = passwords
        self._codes = codes
        self._secrets = secrets
        self._sessions = sessions
        self._audit = audit
        self._second_factor = frozenset(second_factor)

    async def log_in(self, attempt: Attempt, now: datetime) -> LogIn:
        """What the attempt came to. Refused: `wrong-credentials`, `password-weak`, `no-right`. Raises TooBusy."""
        until = await self._tries.take(attempt.login, now)
        if until is not None:
            await self._tell(attempt, None, "too-many-attempts")
            return TooEarly(until)
        try:
            found = await self._owner(attempt, now)
        except TooBusy:
            await self._tries.give_back(attempt.login)
            raise
        if found is None:
            await self._tell(attempt, None, WRONG.code)
            return WRONG
        account, credentials = found
        came_to = await self._further(attempt, account, credentials, now)
        if came_to is WRONG:  # of the code: it is guessed at the same price as the password
            await self._tell(attempt, account, WRONG.code)
        elif not isinstance(came_to, Opened):
            await self._tries.give_back(attempt.login)
        return came_to

    async def _owner(self, attempt: Attempt, now: datetime) -> tuple[Account, Credentials] | None:
        found = await self._accounts.find_login(attempt.login)
        right = await self._passwords.matches(found[1].password_hash if found else None, attempt.password)
        if found is None or not right:
            return None
        until = found[1].one_time_until
        return found if until is None or now < until else None

    async def _further(self, attempt: Attempt, account: Account, credentials: Credentials, now: datetime) -> LogIn:
        if account.right is None:
            await self._tell(attempt, account, NO_RIGHT.code)
            return NO_RIGHT
        if credentials.one_time_until is not None:
            if attempt.new_password is None:
                return NewPasswordNeeded()
            weak = self._fault_of_new(attempt, attempt.new_password, account.right.role)
            if weak is not None:
                return weak
        confirmed = await self._second(attempt, account, credentials, now)
        if not isinstance(confirmed, Credentials):
            return confirmed
        await self._settle(attempt, account, credentials, confirmed)
        await self._tell(attempt, account, None)
        await self._tries.forget(attempt.login)
        return await self._sessions.open(account, now)

    def _fault_of_new(self, attempt: Attempt, new: str, role: Role) -> Refused | None:
        if new == attempt.password:
            return Refused("password-weak", "not the one that you were given")
        return fault_of_password(new, attempt.login, role)

    async def _second(
        self, attempt: Attempt, account: Account, credentials: Credentials, now: datetime
    ) -> Credentials | CodeNeeded | EnrolmentNeeded | Refused:
        """The credentials with what the code changed in them, or what is missing."""
        assert account.right is not None
        if not credentials.code_confirmed and account.right.role not in self._second_factor:
            return credentials
        if credentials.code_secret is None:
            credentials = replace(credentials, code_secret=self._secrets.code_secret())
            await self._accounts.set_credentials(account.account_id, credentials)
        assert credentials.code_secret is not None
        if attempt.code is None:
            if credentials.code_confirmed:
                return CodeNeeded()
            return EnrolmentNeeded(self._codes.uri(credentials.code_secret, account.login))
        step = self._codes.step(credentials.code_secret, attempt.code, now)
        if step is None or not await self._accounts.take_code_step(account.account_id, step):
            return WRONG
        return replace(credentials, code_confirmed=True, code_step=step)

    async def _settle(self, attempt: Attempt, account: Account, before: Credentials, after: Credentials) -> None:
        if before.one_time_until is not None and attempt.new_password is not None:
            password_hash = await self._passwords.hash(attempt.new_password)
            after = replace(after, password_hash=password_hash, one_time_until=None)
        if after != before:
            await self._accounts.set_credentials(account.account_id, after)

    async def _tell(self, attempt: Attempt, account: Account | None, refused: str | None) -> None:
        await self._audit.record(log_in_action("log-in", account, refused, attempt.address))


def log_in_action(action: str, account: Account | None, refused: str | None, address: str | None) -> Action:
    """A try to log in, as the audit has it. `account` None: nobody's that is known."""
    right = None if account is None else account.right
    return Action(
        actor_id="nobody" if account is None else account.account_id,
        action=action,
        about="" if account is None else account.login,  # else it may be a password in the wrong field
        role=None if right is None else right.role.value,
        path=None if right is None else right.path,
        refused=refused,
        address=address,
    )
