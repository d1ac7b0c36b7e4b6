"""Load comes from a process of its own: HTTP clients in a closed loop, or an open loop at a fixed rate."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

import aiohttp
import uvloop

P = ParamSpec("P")
T = TypeVar("T")

ANSWER_WITHIN_S = 30.0
RUN_WITHIN_S = 150.0


@dataclass(frozen=True, slots=True)
class Request:
    """A POST of JSON."""

    path: str
    headers: Mapping[str, str]
    body: bytes


NextRequest = Callable[[], Request | None]
"""None: there is nothing more to ask."""


@dataclass(slots=True)
class Tally:
    """What came of the requests: answers by status, and how long each took in seconds."""

    elapsed_s: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter[int])
    latencies_s: list[float] = field(default_factory=list[float])

    def add(self, status: int, latency_s: float) -> None:
        self.statuses[status] += 1
        self.latencies_s.append(latency_s)

    def rate(self, status: int) -> float:
        """Answers of this status a second."""
        return self.statuses[status] / self.elapsed_s


class LoadProcess:
    """A process that lives as long as the row and keeps what its functions keep in their modules."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a module's function there; arguments and answer are pickled."""
        future = self._pool.submit(function, *args, **kwargs)
        return await asyncio.wrap_future(future)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine of the load process on the lightest loop. TimeoutError: nothing may hold up the row for ever."""

    async def bounded() -> T:
        async with asyncio.timeout(RUN_WITHIN_S):
            return await main

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(bounded())


async def closed_loop(base_url: str, ask: NextRequest, *, clients: int, seconds: float) -> Tally:
    """So many clients, each asking again as soon as it is answered."""
    tally = Tally()
    async with _session(base_url) as session:
        started = time.perf_counter()
        until = started + seconds

        async def client() -> None:
            while time.perf_counter() < until and (request := ask()) is not None:
                begun = time.perf_counter()
                tally.add(await _status(session, request), time.perf_counter() - begun)

        await asyncio.gather(*(client() for _ in range(clients)))
        tally.elapsed_s = time.perf_counter() - started
    return tally


async def open_loop(base_url: str, ask: NextRequest, *, rate: float, seconds: float) -> Tally:
    """`rate` requests a second whatever the answers do. Latencies count from when a request was due."""
    tally = Tally()
    async with _session(base_url) as session, asyncio.TaskGroup() as sending:
        started = time.perf_counter()

        async def send(request: Request, due: float) -> None:
            tally.add(await _status(session, request), time.perf_counter() - due)

        for number in range(int(rate * seconds)):
            due = started + number / rate
            if (wait_s := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait_s)
            if (request := ask()) is None:
                break
            sending.create_task(send(request, due))
        tally.elapsed_s = time.perf_counter() - started
    return tally


def _session(base_url: str) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        base_url,
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN_S),
        auto_decompress=False,
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
    )


async def _status(session: aiohttp.ClientSession, request: Request) -> int:
    async with session.post(request.path, data=request.body, headers=request.headers) as answer:
        await answer.read()
        return answer.status
