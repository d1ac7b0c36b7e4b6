"""What runs beside the api: the ingest, where the history is embedded, or nothing but looking after the server."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from services.analytics.application.ingest import Ingest
from services.analytics.application.ports import History
from shared.platform.stream import CRASHED
from shared.platform.telemetry import get_logger
from shared.platform.waiting import until_it_passes
from shared.platform.web.health import Check
from shared.platform.worker import Worker

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
        preparing = asyncio.create_task(
            until_it_passes("prepare the history", self._history.prepare), name="prepare-history"
        )
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

    def __init__(self, build: Callable[[], tuple[Worker, Ingest]]) -> None:
        """`build` is called inside the event loop that runs: clients bind themselves to it. The worker closes the
        history when it stops.
        """
        self._build = build
        self._started: tuple[Worker, Ingest] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        worker, ingest = self._build()
        starting = asyncio.create_task(self._start(worker, ingest), name="start-ingest")
        try:
            yield
        finally:
            await _ended(starting)
            if self._started is not None:
                await worker.stop()

    def checks(self) -> Mapping[str, Check]:
        return {"ingest": self._feeds}

    async def _start(self, worker: Worker, ingest: Ingest) -> None:
        try:
            await worker.start()
        except Exception as error:
            # An api that shows figures of a history that nobody feeds would look well and be wrong.
            _log.exception("cannot-start-ingest")
            raise SystemExit(CRASHED) from error
        self._started = (worker, ingest)

    async def _feeds(self) -> str | None:
        if self._started is None:
            return "is starting"
        worker, ingest = self._started
        if not ingest.is_caught_up:
            return "is catching up with the log"
        for name, check in worker.checks().items():
            if reason := await check():
                return f"{name}: {reason}"
        return None


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
