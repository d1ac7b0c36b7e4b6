"""A provider on loopback that keeps what it was given and answers as it is told."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


@dataclass(frozen=True)
class Given:
    """A request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Sink:
    """`status` and `answer` are what it says; while `hangs`, it takes the request over and says nothing."""

    def __init__(self) -> None:
        self.given: list[Given] = []
        self.status = 200
        self.answer: Any = {}
        self.hangs = False
        self.came = asyncio.Event()
        app = Starlette(routes=[Route("/{path:path}", self._take, methods=["POST"])])
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off")
        self._server = uvicorn.Server(config)

    @property
    def url(self) -> str:
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def __aenter__(self) -> Self:
        self._serving = asyncio.create_task(self._server.serve())
        while not self._server.started:
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        await self._serving

    async def _take(self, request: Request) -> Response:
        self.given.append(Given(request.url.path, dict(request.headers), await request.body()))
        self.came.set()
        while self.hangs:
            await asyncio.sleep(0.05)
        return JSONResponse(self.answer, self.status)
