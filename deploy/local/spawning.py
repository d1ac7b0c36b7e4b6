"""Starting child processes that cannot outlive this one, not even when it is killed with SIGKILL.

On Linux the kernel sees to it. On other systems only an orderly end of this process ends its children.
"""

import ctypes
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
# Looked up here: between fork and exec nothing may be loaded.
_prctl: Callable[..., object] | None = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


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
        parent = self.process

        def die_with_parent() -> None:
            # Runs between fork and exec: system calls only, no lock that another thread may hold.
            if _prctl is not None:
                _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:  # the parent went before prctl
                os._exit(1)

        return subprocess.Popen(
            command.arguments,
            stdin=subprocess.DEVNULL,
            stdout=command.output,
            stderr=subprocess.STDOUT,
            cwd=command.directory,
            env=dict(command.environment),
            process_group=0,
            preexec_fn=die_with_parent,
            user=command.user,
            group=command.user and _primary_group(command.user),
            extra_groups=[] if command.user else None,
        )


def _primary_group(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid


_spawner: _Spawner | None = None
_lock = threading.Lock()
