"""No answer is better than a wrong one: while the registry is still being read, nobody is "unknown"."""

from collections.abc import Callable

from services.checkin.application.directory import Directory
from shared.platform.web.problems import Problem


def registry_is_read(directory: Directory) -> Callable[[], None]:
    """FastAPI dependency. Raises 503 until the directory is whole."""

    def check() -> None:
        if not directory.whole:
            raise Problem(503, "unavailable", "the registry is being read", headers={"Retry-After": "2"})

    return check
