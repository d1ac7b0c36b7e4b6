"""What runs beside the api: the ingest, where the history is embedded, or nothing but looking after the server."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from aiokafka.errors import KafkaError

from services.analytics.application.ports import History
from shared.platform.stream import CRASHED
from shared.platform.telemetry import get_logger
from shared.platform.web.health import Check
from shared.platform.worker import Worker

RETRY_S = 1.0

_log = get_logger("ingest")


class BesideApi(Protocol):
    """Runs for as long as the api does, and says whether the api is ready."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Start, and stop at the end. Waits for nothing that may be away: the api answers meanwhile."""
        ...

    def checks(self) -> Mapping[str, Check]:
        """What readiness depends on, by name."""
        ...


class ServedHistory:
    """The history is a server's, and a worker feeds it."""

    def __init__(self, history: History) -> None:
        self._history = history

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        preparing = asyncio.create_task(until_it_passes(self._history.prepare), name="prepare-history")
        try:
            yield
        finally:
            await _ended(preparing)
            await self._history.close()

    def checks(self) -> Mapping[str, Check]:
        return {"history": self._answers}

    async def _answers(self) -> str | None:
        await self._history.ping()
        return None


class EmbeddedIngest:
    """The embedded engine admits one process, so the ingest runs in the api's."""

    def __init__(self, worker: Worker, is_caught_up: Callable[[], bool]) -> None:
        """`worker` closes the history when it stops."""
        self._worker = worker
        self._is_caught_up = is_caught_up

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        starting = asyncio.create_task(self._start(), name="start-ingest")
        try:
            yield
        finally:
            if starting.done():
                await self._worker.stop()
            else:
                await _ended(starting)

    def checks(self) -> Mapping[str, Check]:
        return {**self._worker.checks(), "history": self._holds_everything}

    async def _start(self) -> None:
        try:
            await self._worker.start()
        except Exception as error:
            # An api that shows figures of a history that nobody feeds would look well and be wrong.
            _log.exception("cannot-start-ingest")
            raise SystemExit(CRASHED) from error

    async def _holds_everything(self) -> str | None:
        return None if self._is_caught_up() else "is catching up with the log"


async def until_it_passes(call: Callable[[], Awaitable[object]]) -> None:
    """Call until nothing that is away prevents it."""
    while True:
        try:
            await call()
        except (KafkaError, OSError) as error:
            _log.warning("waiting", reason=f"{type(error).__name__}: {error}")
            await asyncio.sleep(RETRY_S)
        else:
            return


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
