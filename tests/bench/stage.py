"""What a row runs on: embedded servers of its own, and the services' processes as they would be deployed."""

import asyncio
import os
import shutil
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local import VAR
from deploy.local.backends import Addresses, Backends
from deploy.local.ports import free_port
from deploy.local.processes import ChildProcess
from deploy.local.secrets_store import SecretsStore
from shared.platform.clock import SystemClock
from shared.platform.topic_admin import TopicAdmin
from shared.platform.web.tokens import Principal, issue_token

READY_WITHIN_S = 90.0


class Stage:
    """A context manager. The servers are always embedded and empty: rows flush and fill them as they like."""

    def __init__(self, name: str) -> None:
        self.directory = VAR / "tmp" / f"bench-{os.getpid()}" / name
        self.backends = Backends(
            self.directory / "data", logs=self.directory, environment={}, kafka_port=None, redis_port=None
        )
        self._secrets = SecretsStore(self.directory / "keys")
        self.processes: dict[str, ChildProcess] = {}

    def __enter__(self) -> Self:
        self.backends.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.processes.values():
            process.end()
        for process in self.processes.values():
            process.stop()
        self.backends.__exit__(kind, error, trace)
        if error is None:  # else the logs are of use
            shutil.rmtree(self.directory, ignore_errors=True)

    def addresses(self) -> Addresses:
        """Of Kafka with the declared topics, Redis and the databases; started when first asked for."""
        is_new = self.backends.kafka is None
        addresses = self.backends.addresses()
        if is_new:
            with TopicAdmin(addresses.kafka_bootstrap) as admin:
                admin.apply(replication_factor=1)
        return addresses

    def environment(self) -> dict[str, str]:
        """What a service's process is started with."""
        return {"PYTHONUNBUFFERED": "1", **self.addresses().environment(), **self._secrets.environment()}

    def issue(self, principal: Principal) -> str:
        """A token for anybody."""
        return issue_token(self._secrets.token_private_key(), principal, SystemClock(), timedelta(hours=2))

    def bearer(self, principal: Principal) -> dict[str, str]:
        """The headers of a JSON request by `principal`."""
        return {"Authorization": f"Bearer {self.issue(principal)}", "Content-Type": "application/json"}

    def api(self, service: str, settings: Mapping[str, str] | None = None) -> str:
        """Start a service's API in a process of its own; its base URL, once it is ready."""
        return self.serve(f"{service}-api", f"services.{service}.entrypoints.api", "HTTP_PORT", "/readyz", settings)

    def worker(self, service: str, settings: Mapping[str, str] | None = None) -> ChildProcess:
        """Start a service's worker; returns once it owns its partitions and its ticks come through."""
        name = f"{service}-worker"
        self.serve(name, f"services.{service}.entrypoints.worker", "WORKER_HTTP_PORT", "/readyz", settings)
        return self.processes[name]

    def serve(
        self, name: str, module: str, port_variable: str, ready_path: str, settings: Mapping[str, str] | None = None
    ) -> str:
        """Start a module that listens on the port which that variable names; its base URL, once it is ready."""
        base_url = f"http://127.0.0.1:{(port := free_port())}"
        environment = {**self.environment(), port_variable: str(port), **(settings or {})}
        process = self._start(name, module, environment)
        process.wait_ready(lambda: _answers_ok(base_url + ready_path), within=READY_WITHIN_S)
        return base_url

    def program(self, name: str, module: str, settings: Mapping[str, str] | None = None) -> ChildProcess:
        """Start a module that says nothing of itself."""
        return self._start(name, module, {**self.environment(), **(settings or {})})

    def _start(self, name: str, module: str, environment: Mapping[str, str]) -> ChildProcess:
        process = ChildProcess(
            name,
            [sys.executable, "-m", module],
            log=self.directory / f"{name}.log",
            environment=environment,
            directory=Path.cwd(),
        )
        process.start()
        self.processes[name] = process
        return process


@asynccontextmanager
async def paused(process: ChildProcess) -> AsyncIterator[None]:
    """The process stands still meanwhile: for a few seconds, so that its consumer group keeps it."""
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)
        await asyncio.sleep(0)


def resident_mib(process: ChildProcess) -> float:
    """The memory that a process has in RAM now, in MiB."""
    return _from_proc(process, "VmRSS:")


def peak_mib(process: ChildProcess) -> float:
    """The most that it ever had, in MiB."""
    return _from_proc(process, "VmHWM:")


def _from_proc(process: ChildProcess, what: str) -> float:
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


def _answers_ok(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
