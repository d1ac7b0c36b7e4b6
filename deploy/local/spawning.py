"""Starting child processes that cannot outlive this one, not even when it is killed with SIGKILL.

On Linux the kernel sees to it. On other systems only an orderly end of this process ends its children.
"""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_GUARDED_EXEC = Path(__file__).with_name("guarded_exec.py")


@dataclass(frozen=True, kw_only=True)
class Command:
    """What to run. `user` (only for root) is the account to run it as."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    directory: Path
    output: IO[bytes]
    user: str | None = None


def spawn(command: Command) -> subprocess.Popen[bytes]:
    """Start `command` in its own process group; safe to call from any thread."""
    global _spawner
    with _lock:
        if _spawner is None or _spawner.process != os.getpid():
            _spawner = _Spawner()
        spawner = _spawner
    answer: Future[subprocess.Popen[bytes]] = Future()
    spawner.requests.put((command, answer))
    return answer.result()


class _Spawner:
    """Starts every child from one thread that lives as long as this process.

    Linux sends the parent-death signal when the *thread* that forked ends. A child started from a worker
    thread (`asyncio.to_thread`) would be killed as soon as that thread's pool is shut down.
    """

    def __init__(self) -> None:
        self.process = os.getpid()
        self.requests: queue.SimpleQueue[tuple[Command, Future[subprocess.Popen[bytes]]]] = queue.SimpleQueue()
        threading.Thread(target=self._serve, name="spawner", daemon=True).start()

    def _serve(self) -> None:
        while True:
            command, answer = self.requests.get()
            try:
                answer.set_result(self._start(command))
            except Exception as error:
                answer.set_exception(error)

    def _start(self, command: Command) -> subprocess.Popen[bytes]:
        guard = [sys.executable, "-I", "-S", str(_GUARDED_EXEC), str(self.process), command.user or ""]
        return subprocess.Popen(
            [*guard, *command.arguments],
            stdin=subprocess.DEVNULL,
            stdout=command.output,
            stderr=subprocess.STDOUT,
            cwd=command.directory,
            env=dict(command.environment),
            process_group=0,
        )


_spawner: _Spawner | None = None
_lock = threading.Lock()
