"""A live stream as its server and its client see it: frames come as they are sent, and a client may stop reading."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

Frame = dict[str, str]


class Listening:
    """A client. While it is `paused`, the server's next write does not return."""

    def __init__(self) -> None:
        self.status = 0
        self.body = b""
        self._reads = asyncio.Event()
        self._reads.set()
        self._held_up = asyncio.Event()
        self._gone = asyncio.Event()
        self._frames: asyncio.Queue[Frame] = asyncio.Queue()
        self._asked = False

    def pause(self) -> None:
        self._held_up.clear()
        self._reads.clear()

    async def held_up(self, within_s: float = 5) -> None:
        """Until the server stands at a write, since this client is paused."""
        async with asyncio.timeout(within_s):
            await self._held_up.wait()

    def resume(self) -> None:
        self._reads.set()

    def leave(self) -> None:
        self._gone.set()

    async def frame(self, name: str | None = None, within_s: float = 5) -> Frame:
        """The next frame, or the next of this event."""
        async with asyncio.timeout(within_s):
            while True:
                frame = await self._frames.get()
                if name is None or frame.get("event") == name:
                    return frame

    def waiting(self) -> list[Frame]:
        """Frames that have come and were not looked at."""
        return [self._frames.get_nowait() for _ in range(self._frames.qsize())]

    async def receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if not self._reads.is_set():
            self._held_up.set()
        await self._reads.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self.body += message.get("body", b"")
        while b"\n\n" in self.body and self.status == 200:
            text, _, self.body = self.body.partition(b"\n\n")
            self._frames.put_nowait(dict(line.partition(": ")[::2] for line in text.decode().splitlines()))


@asynccontextmanager
async def listening(app: FastAPI, query: str, headers: dict[str, str]) -> AsyncGenerator[Listening]:
    """A client of `GET /dispatch/v1/stream`."""
    client = Listening()
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/dispatch/v1/stream",
        "raw_path": b"/dispatch/v1/stream",
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("test", 1),
        "server": ("test", 80),
        "state": {},
    }
    serving = asyncio.create_task(app(scope, client.receive, client.send))
    try:
        yield client
    finally:
        client.leave()
        client.resume()
        await asyncio.wait_for(serving, 5)
