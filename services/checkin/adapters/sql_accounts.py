"""Accounts and the links of the first start in SQL."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.checkin.adapters.seal import Seal
from services.checkin.adapters.sql_account_tables import accounts, first_links
from services.checkin.adapters.sql_engine import writing
from services.checkin.adapters.sql_queries import in_subtree, rows_in
from services.checkin.application.account_ports import AccountFilter, Taken
from services.checkin.domain.accounts import Account, Credentials, Right
from shared.platform.clock import from_ms, to_ms
from shared.vocabulary.terms import Role


def hash_of(text: str) -> str:
    """SHA-256, hex: enough for what has 256 random bits."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


class SqlAccounts:
    """Implements the ports `Accounts` and `FirstStart`."""

    def __init__(self, engine: AsyncEngine, seal: Seal) -> None:
        self._engine = engine
        self._writing = writing(engine)
        self._seal = seal

    async def find(self, account_id: str) -> Account | None:
        async with self._engine.connect() as connection:
            found = await connection.execute(select(accounts).where(accounts.c.account_id == account_id))
            row = found.mappings().first()
        return None if row is None else self._account(dict(row))

    async def find_all(self, account_ids: Collection[str]) -> Sequence[Account]:
        async with self._engine.connect() as connection:
            found = rows_in(connection, select(accounts), accounts.c.account_id, account_ids)
            return [self._account(row) async for row in found]

    async def find_login(self, login: str) -> tuple[Account, Credentials] | None:
        async with self._engine.connect() as connection:
            found = await connection.execute(select(accounts).where(accounts.c.login == login.lower()))
            row = found.mappings().first()
        return None if row is None else (self._account(dict(row)), self._credentials(dict(row)))

    async def page(self, wanted: AccountFilter, after: str, limit: int) -> Sequence[Account]:
        behind = accounts.c.account_id > after
        query = select(accounts).where(behind, *_fits(wanted)).order_by(accounts.c.account_id).limit(limit)
        async with self._engine.connect() as connection:
            return [self._account(dict(row)) for row in (await connection.execute(query)).mappings()]

    async def add(self, account: Account, credentials: Credentials) -> None:
        try:
            async with self._writing.begin() as connection:
                await self._insert(connection, account, credentials)
        except IntegrityError as error:
            raise Taken(account.account_id) from error

    async def set_right(self, account_id: str, right: Right | None) -> None:
        await self._update(account_id, _right_row(right))

    async def set_credentials(self, account_id: str, credentials: Credentials) -> None:
        await self._update(account_id, self._credentials_row(credentials))

    async def take_code_step(self, account_id: str, step: int) -> bool:
        async with self._writing.begin() as connection:
            taken = await connection.execute(
                update(accounts)
                .where(accounts.c.account_id == account_id, accounts.c.code_step < step)
                .values(code_step=step)
            )
        return taken.rowcount == 1

    async def are_there_any(self) -> bool:
        async with self._engine.connect() as connection:
            return (await connection.execute(select(accounts.c.account_id).limit(1))).first() is not None

    async def offer(self, token: str, until: datetime) -> None:
        async with self._writing.begin() as connection:
            await connection.execute(insert(first_links).values(hash=hash_of(token), until_ms=to_ms(until)))

    async def redeem(self, token: str, now: datetime, first: Sequence[tuple[Account, Credentials]]) -> bool:
        async with self._writing.begin() as connection:
            good = first_links.c.hash == hash_of(token), first_links.c.until_ms > to_ms(now)
            redeemed = await connection.execute(delete(first_links).where(*good))
            others = (await connection.execute(select(func.count()).select_from(accounts))).scalar_one()
            if redeemed.rowcount == 0 or others:
                await connection.rollback()
                return False
            await connection.execute(delete(first_links))
            for account, credentials in first:
                await self._insert(connection, account, credentials)
            return True

    async def _insert(self, connection: AsyncConnection, account: Account, credentials: Credentials) -> None:
        row = {
            "account_id": account.account_id,
            "login": account.login.lower(),
            "name_sealed": self._seal.close(account.name),
            **_right_row(account.right),
            **self._credentials_row(credentials),
        }
        await connection.execute(insert(accounts).values(row))

    async def _update(self, account_id: str, values: Mapping[str, Any]) -> None:
        async with self._writing.begin() as connection:
            await connection.execute(update(accounts).where(accounts.c.account_id == account_id).values(values))

    def _account(self, row: Mapping[str, Any]) -> Account:
        role = row["role"]
        right = None if role is None else Right(Role(role), row["path"], row["station"], row["unit"])
        return Account(row["account_id"], row["login"], self._seal.open(row["name_sealed"]), right)

    def _credentials(self, row: Mapping[str, Any]) -> Credentials:
        until_ms = row["one_time_until_ms"]
        return Credentials(
            password_hash=row["password_hash"],
            one_time_until=None if until_ms is None else from_ms(until_ms),
            code_secret=self._seal.open(row["code_secret_sealed"]) or None,
            code_confirmed=row["code_confirmed"],
            code_step=row["code_step"],
        )

    def _credentials_row(self, credentials: Credentials) -> dict[str, Any]:
        until = credentials.one_time_until
        return {
            "password_hash": credentials.password_hash,
            "one_time_until_ms": None if until is None else to_ms(until),
            "code_secret_sealed": self._seal.close(credentials.code_secret or ""),
            "code_confirmed": credentials.code_confirmed,
            "code_step": credentials.code_step,
        }


def _fits(wanted: AccountFilter) -> Iterator[ColumnElement[bool]]:
    path = accounts.c.path
    yield path.is_(None) if wanted.only_without_right else or_(path.is_(None), in_subtree(path, wanted.subtree))
    if wanted.text:
        login = accounts.c.login.startswith(wanted.text.lower(), autoescape=True)
        account_id = accounts.c.account_id
        # Not LIKE: in SQLite it takes capitals for small letters.
        yield or_(login, func.substr(account_id, 1, len(wanted.text)) == wanted.text, accounts.c.unit == wanted.text)


def _right_row(right: Right | None) -> dict[str, Any]:
    if right is None:
        return {"role": None, "path": None, "station": None, "unit": None}
    return {"role": right.role.value, "path": right.path, "station": right.station_id, "unit": right.unit_id}
