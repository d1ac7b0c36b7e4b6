"""A ClickHouse by URL: a server over HTTP, or chDB, the same engine inside this process and in a folder of its own."""

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from services.analytics.application.ports import HistoryUnavailable
from services.analytics.settings import is_embedded

T = TypeVar("T")

_DATABASE = "meu"
_SERVER_THREADS = 4

# ClickHouse's error codes for data or statements that will stay wrong; all others (memory, disk, too many parts,
# shutting down …) pass.
_LASTING: Final = frozenset(
    {6, 16, 20, 26, 27, 33, 36, 38, 41, 43, 46, 47, 49, 53, 60, 62, 69, 70, 72, 117, 130, 131, 184, 321, 349, 377, 457}
)
_CODE = re.compile(r"[Cc]ode:? (\d+)")


class Refused(ValueError):
    """It answers that the data or the statement is wrong: trying again would not help."""


class Database:
    """Runs SQL. All methods raise HistoryUnavailable and Refused.

    The client blocks. chDB admits one process, and gets one thread in which everything happens in the order in which
    it was asked for.
    """

    def __init__(self, url: str) -> None:
        """`url`: `chdb:///absolute/folder` or `http(s)://user:password@host:port/database`; opened when first used."""
        self._url = url
        self._is_embedded = is_embedded(url)
        self._threads = ThreadPoolExecutor(1 if self._is_embedded else _SERVER_THREADS, thread_name_prefix="clickhouse")
        self._client: Client | None = None

    async def run(self, statement: str) -> None:
        """A statement without an answer."""
        await self._call(lambda client: client.command(statement))

    async def ask(self, query: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """The rows of a query, by column. `{name:Type}` in it stands for a parameter. They are read in the client's
        thread: many would hold up everybody else.
        """

        def ask(client: Client) -> list[dict[str, Any]]:
            answer = client.raw_query(query, dict(parameters or {}), fmt="JSONEachRow")
            return [json.loads(line) for line in answer.splitlines()]

        return await self._call(ask)

    async def insert(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert rows in their order, so that a crash leaves a beginning of them at most; once this returns they
        outlive a crash of this process. The rows are taken in the client's thread.
        """

        def insert(client: Client) -> None:
            block = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
            client.raw_insert(table, insert_block=block, fmt="JSONEachRow")

        await self._call(insert)

    async def close(self) -> None:
        """Let go of it; nothing may be called afterwards."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._close)
        self._threads.shutdown()

    async def _call(self, use: Callable[[Client], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._use, use)

    def _use(self, use: Callable[[Client], T]) -> T:
        client = self._connected()
        try:
            return use(client)
        except ClickHouseError as error:
            raise _meaning(str(error)) from error

    def _connected(self) -> Client:
        if self._client is None:
            try:
                self._client = _embedded(self._url) if self._is_embedded else _server(self._url)
            except ClickHouseError as error:  # it is not up yet, or the last process has not let go of the folder
                raise HistoryUnavailable(str(error)[:500]) from error
        return self._client

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def _embedded(url: str) -> Client:
    with clickhouse_connect.get_client(dsn=url) as client:
        client.command(f"CREATE DATABASE IF NOT EXISTS {_DATABASE}")
    return clickhouse_connect.get_client(dsn=url, database=_DATABASE)


def _server(url: str) -> Client:
    return clickhouse_connect.get_client(dsn=url, autogenerate_session_id=False)


def _meaning(text: str) -> Exception:
    code = _CODE.search(text)
    lasting = code is not None and int(code[1]) in _LASTING
    return Refused(text[:500]) if lasting else HistoryUnavailable(text[:500])
