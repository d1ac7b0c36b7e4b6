"""No answer is better than a wrong one: while the registry is still being read, nobody is "unknown"."""

from collections.abc import Awaitable, Callable

from services.checkin.application.directory import Directory
from shared.platform.web.problems import Problem


def registry_is_read(directory: Directory) -> Callable[[], Awaitable[None]]:
    """FastAPI dependency. Raises 503 until the directory is whole."""

    async def check() -> None:  # FastAPI runs what is not async in a thread
        if not directory.whole:
            raise Problem(503, "unavailable", "the registry is being read", headers={"Retry-After": "2"})

    return check
