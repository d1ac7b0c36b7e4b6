"""A child process with a log file, a readiness probe and a bounded end."""

import atexit
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deploy.local import VAR
from deploy.local.spawning import Command, spawn

_LOG_LIMIT_BYTES = 16 * 2**20
_POLL_SECONDS = 0.05

_running: set["ChildProcess"] = set()


class NotReady(RuntimeError):
    """A child process ended early or was not ready in time. The text holds the last lines of its log."""


class ChildProcess:
    """One program run as a child: it may be started again after it ended, under the same name and log.

    It never outlives this process (see `deploy.local.spawning`). Not safe for use from two threads at once.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        log: Path | None = None,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
        user: str | None = None,
    ) -> None:
        """`environment` is added to this process's own; `user` runs the child as that account (root only)."""
        self.name = name
        self.arguments = list(arguments)
        self.log = log or VAR / "log" / f"{name}.log"
        self._environment = dict(environment or {})
        self._directory = directory or Path.cwd()
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program. Returns at once; see `wait_ready`."""
        if self.alive:
            raise RuntimeError(f"{self.name} is already running as process {self.pid}")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        too_long = self.log.exists() and self.log.stat().st_size > _LOG_LIMIT_BYTES
        with self.log.open("wb" if too_long else "ab") as output:
            self._process = spawn(
                Command(
                    arguments=self.arguments,
                    environment={**os.environ, **self._environment},
                    directory=self._directory,
                    output=output,
                    user=self._user,
                )
            )
        _running.add(self)

    def wait_ready(self, probe: Callable[[], bool], *, within: float) -> None:
        """Return when `probe()` is true; raise `NotReady` when the program ends or `within` seconds pass.

        A probe that raises `OSError` (connection refused) counts as not yet.
        """
        deadline = time.monotonic() + within
        while not _holds(probe):
            if not self.alive:
                raise NotReady(f"{self.name} ended with status {self.returncode}.\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise NotReady(f"{self.name} was not ready within {within:g} s.\n{self.log_tail()}")
            time.sleep(_POLL_SECONDS)

    def end(self) -> None:
        """SIGTERM, without waiting for what comes of it."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def stop(self, *, within: float = 15.0) -> int | None:
        """SIGTERM, and SIGKILL to its whole group after `within` seconds.

        Returns the exit status (negative: the signal), None if it was never started.
        """
        process = self._process
        if process is None:
            return None
        if process.poll() is None:
            self.end()
            try:
                process.wait(within)
            except subprocess.TimeoutExpired:
                self.kill()
        _running.discard(self)
        return process.returncode

    def kill(self) -> None:
        """SIGKILL to the whole process group, and wait for the end."""
        process = self._process
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        _running.discard(self)

    @property
    def alive(self) -> bool:
        """Whether the program runs now."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Process id of the running program."""
        return self._process.pid if self._process is not None and self.alive else None

    @property
    def returncode(self) -> int | None:
        """Exit status of the last run (negative: the signal); None while it runs or before it ran."""
        return self._process.poll() if self._process is not None else None

    def log_tail(self, lines: int = 20) -> str:
        """The last lines of the log, headed by where it lies."""
        if not self.log.exists():
            return f"(no log at {self.log})"
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 16_384))
            tail = log.read().decode(errors="replace").splitlines()[-lines:]
        return "\n".join([f"The end of {self.log}:", *(f"  {line}" for line in tail)])


def _holds(probe: Callable[[], bool]) -> bool:
    try:
        return probe()
    except OSError:
        return False


@atexit.register
def _stop_what_is_left() -> None:
    for child in list(_running):
        child.stop(within=5.0)
