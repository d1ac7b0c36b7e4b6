"""Sessions and vain tries in SQL."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.checkin.adapters.sql_account_tables import login_tries, refresh_tokens, sessions
from services.checkin.adapters.sql_accounts import hash_of
from services.checkin.adapters.sql_engine import writing
from services.checkin.adapters.sql_queries import insert_if_absent
from services.checkin.application.account_ports import Renewal, Session
from services.checkin.domain.accounts import Tries, may_try_at
from shared.platform.clock import from_ms, to_ms

TRIES_KEPT = timedelta(days=1)


class SqlSessions:
    """Implements the port `Sessions`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writing = writing(engine)

    async def begin(self, session: Session, token: str, now: datetime) -> None:
        async with self._writing.begin() as connection:
            await self._forget_past(connection, session.account_id, now)
            await connection.execute(
                insert(sessions).values(
                    session_id=session.session_id,
                    account=session.account_id,
                    until_ms=to_ms(session.until),
                    ended=False,
                )
            )
            await connection.execute(insert(refresh_tokens).values(hash=hash_of(token), session=session.session_id))

    async def renewal(self, token: str) -> Renewal | None:
        query = (
            select(sessions, refresh_tokens.c.used_at_ms)
            .join(refresh_tokens, refresh_tokens.c.session == sessions.c.session_id)
            .where(refresh_tokens.c.hash == hash_of(token))
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        session = Session(row.session_id, row.account, from_ms(row.until_ms))
        return Renewal(session, None if row.used_at_ms is None else from_ms(row.used_at_ms), row.ended)

    async def rotate(self, session_id: str, used: str, token: str, now: datetime) -> None:
        async with self._writing.begin() as connection:
            first_use = refresh_tokens.c.hash == hash_of(used), refresh_tokens.c.used_at_ms.is_(None)
            await connection.execute(update(refresh_tokens).where(*first_use).values(used_at_ms=to_ms(now)))
            await connection.execute(insert(refresh_tokens).values(hash=hash_of(token), session=session_id))

    async def end(self, session_id: str) -> None:
        async with self._writing.begin() as connection:
            await connection.execute(update(sessions).where(sessions.c.session_id == session_id).values(ended=True))

    async def end_all(self, account_id: str) -> None:
        async with self._writing.begin() as connection:
            await connection.execute(update(sessions).where(sessions.c.account == account_id).values(ended=True))

    async def _forget_past(self, connection: AsyncConnection, account_id: str, now: datetime) -> None:
        past = select(sessions.c.session_id).where(sessions.c.account == account_id, sessions.c.until_ms < to_ms(now))
        await connection.execute(delete(refresh_tokens).where(refresh_tokens.c.session.in_(past)))
        await connection.execute(
            delete(sessions).where(sessions.c.account == account_id, sessions.c.until_ms < to_ms(now))
        )


class SqlLoginTries:
    """Implements the port `LoginTries`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writing = writing(engine)

    async def take(self, login: str, now: datetime) -> datetime | None:
        async with self._writing.begin() as connection:
            await connection.execute(delete(login_tries).where(login_tries.c.last_at_ms < to_ms(now - TRIES_KEPT)))
            await insert_if_absent(
                connection, login_tries, {"login": _key(login), "count": 0, "last_at_ms": to_ms(now)}
            )
            tries = await self._of(connection, login)
            until = may_try_at(tries)
            if until is not None and now < until:
                return until
            counted = {"count": (0 if tries is None else tries.count) + 1, "last_at_ms": to_ms(now)}
            await connection.execute(update(login_tries).where(login_tries.c.login == _key(login)).values(counted))
            return None

    async def give_back(self, login: str) -> None:
        async with self._writing.begin() as connection:
            counted = login_tries.c.login == _key(login), login_tries.c.count > 0
            await connection.execute(update(login_tries).where(*counted).values(count=login_tries.c.count - 1))

    async def forget(self, login: str) -> None:
        async with self._writing.begin() as connection:
            await connection.execute(delete(login_tries).where(login_tries.c.login == _key(login)))

    async def of(self, login: str) -> Tries | None:
        async with self._engine.connect() as connection:
            return await self._of(connection, login)

    async def _of(self, connection: AsyncConnection, login: str) -> Tries | None:
        # On PostgreSQL two tries at once must not both be the fifth; SQLite has the lock already.
        query = select(login_tries).where(login_tries.c.login == _key(login)).with_for_update()
        row = (await connection.execute(query)).mappings().first()
        return None if row is None else Tries(row["count"], from_ms(row["last_at_ms"]))


def _key(login: str) -> str:
    return hash_of(login.lower())
