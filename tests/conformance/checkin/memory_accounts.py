"""Accounts, sessions and tries in memory, keeping every promise of their ports."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from services.checkin.application.account_ports import AccountFilter, Renewal, Session, Taken
from services.checkin.domain.accounts import Account, Credentials, Right, Tries, may_try_at
from shared.vocabulary.organisation import within


def _fits(account: Account, wanted: AccountFilter) -> bool:
    right, text = account.right, wanted.text
    if right is not None and (wanted.only_without_right or not within(right.path, wanted.subtree)):
        return False
    begins = account.login.startswith(text.lower()) or account.account_id.startswith(text)
    return begins or (right is not None and right.unit_id == text)


class MemoryAccounts:
    """Plays `Accounts` and `FirstStart`."""

    def __init__(self) -> None:
        self.all: dict[str, tuple[Account, Credentials]] = {}
        self._links: dict[str, datetime] = {}

    async def find(self, account_id: str) -> Account | None:
        return self.all[account_id][0] if account_id in self.all else None

    async def find_all(self, account_ids: Collection[str]) -> Sequence[Account]:
        return [self.all[account_id][0] for account_id in sorted(set(account_ids)) if account_id in self.all]

    async def find_login(self, login: str) -> tuple[Account, Credentials] | None:
        return next((found for found in self.all.values() if found[0].login == login.lower()), None)

    async def page(self, wanted: AccountFilter, after: str, limit: int) -> Sequence[Account]:
        accounts = [account for _, (account, _) in sorted(self.all.items()) if account.account_id > after]
        return [account for account in accounts if _fits(account, wanted)][:limit]

    async def add(self, account: Account, credentials: Credentials) -> None:
        if account.account_id in self.all or await self.find_login(account.login):
            raise Taken(account.account_id)
        self.all[account.account_id] = replace(account, login=account.login.lower()), credentials

    async def set_right(self, account_id: str, right: Right | None) -> None:
        account, credentials = self.all[account_id]
        self.all[account_id] = replace(account, right=right), credentials

    async def set_credentials(self, account_id: str, credentials: Credentials) -> None:
        self.all[account_id] = self.all[account_id][0], credentials

    async def take_code_step(self, account_id: str, step: int) -> bool:
        account, credentials = self.all[account_id]
        if step <= credentials.code_step:
            return False
        self.all[account_id] = account, replace(credentials, code_step=step)
        return True

    async def are_there_any(self) -> bool:
        return bool(self.all)

    async def offer(self, token: str, until: datetime) -> None:
        self._links[token] = until

    async def redeem(self, token: str, now: datetime, first: Sequence[tuple[Account, Credentials]]) -> bool:
        until = self._links.get(token)
        if until is None or until <= now or self.all:
            return False
        self._links.clear()
        for account, credentials in first:
            await self.add(account, credentials)
        return True


class MemorySessions:
    """Plays `Sessions`."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._ended: set[str] = set()
        self._tokens: dict[str, tuple[str, datetime | None]] = {}

    async def begin(self, session: Session, token: str, now: datetime) -> None:
        self._sessions[session.session_id] = session
        self._tokens[token] = session.session_id, None

    async def renewal(self, token: str) -> Renewal | None:
        if token not in self._tokens:
            return None
        session_id, used_at = self._tokens[token]
        return Renewal(self._sessions[session_id], used_at, session_id in self._ended)

    async def rotate(self, session_id: str, used: str, token: str, now: datetime) -> None:
        self._tokens[used] = session_id, self._tokens[used][1] or now
        self._tokens[token] = session_id, None

    async def end(self, session_id: str) -> None:
        self._ended.add(session_id)

    async def end_all(self, account_id: str) -> None:
        self._ended |= {id_ for id_, session in self._sessions.items() if session.account_id == account_id}


class MemoryTries:
    """Plays `LoginTries`."""

    def __init__(self) -> None:
        self._tries: dict[str, Tries] = {}

    async def take(self, login: str, now: datetime) -> datetime | None:
        tries = self._tries.get(login.lower())
        until = may_try_at(tries)
        if until is not None and now < until:
            return until
        self._tries[login.lower()] = Tries((tries.count if tries else 0) + 1, now)
        return None

    async def give_back(self, login: str) -> None:
        tries = self._tries.get(login.lower())
        if tries is not None and tries.count > 0:
            self._tries[login.lower()] = replace(tries, count=tries.count - 1)

    async def forget(self, login: str) -> None:
        self._tries.pop(login.lower(), None)

    async def of(self, login: str) -> Tries | None:
        return self._tries.get(login.lower())
