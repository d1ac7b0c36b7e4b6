"""A service on fakes, with something in it that is somebody's."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

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


async def nothing_changed() -> None:
    """What puts a world back that no request changes."""
