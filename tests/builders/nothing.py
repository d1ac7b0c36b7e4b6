"""What an app on fakes has instead of servers."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI

NOWHERE = "redis://127.0.0.1:9/0"
"""A Redis that refuses every connection."""


@asynccontextmanager
async def nothing_to_start(_: FastAPI) -> AsyncGenerator[None]:
    """A lifespan in which nothing happens."""
    yield
