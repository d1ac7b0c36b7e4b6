"""The built console with real APIs beside it, on fakes: one address, as a gateway serves them."""

import asyncio
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import AbstractAsyncContextManager, contextmanager

import uvicorn
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from deploy.local import VAR
from deploy.local.console_files import console_files
from tests.component.checkin.conftest import Desk


@contextmanager
def serving(
    desk_of: Callable[[], AbstractAsyncContextManager[Desk]], **beside: Callable[[], FastAPI]
) -> Generator[str]:
    """The address of what they make, which lives in a thread with a loop of its own.

    `beside`: other services' APIs, by the service's name; those that are not given are not there.
    """
    assert (VAR / "console" / "dist" / "console" / "index.html").is_file(), "the console is not built: make console"
    files = console_files(demo=False)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        servers: list[uvicorn.Server] = []
        is_up = threading.Event()

        async def serve() -> None:
            async with desk_of() as desk:
                apps = {"checkin": desk.app, **{service: make() for service, make in beside.items()}}

                async def site(scope: Scope, receive: Receive, send: Send) -> None:
                    app = apps.get(scope["path"].split("/")[1], files)
                    await app(scope, receive, send)

                servers.append(uvicorn.Server(uvicorn.Config(site, log_level="warning", lifespan="off", ws="none")))
                is_up.set()
                await servers[0].serve(sockets=[listening])

        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        assert is_up.wait(60)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            servers[0].should_exit = True
            thread.join()
