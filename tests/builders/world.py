"""A service on fakes, with something in it that is somebody's."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from fastapi import FastAPI

Things = Mapping[str, str]
"""Ids by the names that paths have for them, e.g. `unit_id`; and what else is needed to ask for them."""


@dataclass(frozen=True)
class World:
    """`own`: what is there, and is `Where.OWN`'s; `absent`: the same names, for things that are not there."""

    app: FastAPI
    own: Things
    absent: Things
    put_back: Callable[[], Awaitable[None]]
    """Undo what requests have changed."""

    @asynccontextmanager
    async def client(self) -> AsyncGenerator[httpx.AsyncClient]:
        """What breaks in the app is answered with 500, as by a server."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            yield http


async def nothing_changed() -> None:
    """What puts a world back that no request changes."""
