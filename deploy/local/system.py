"""The whole system on one machine: backends, topics, the APIs on one port, the workers, each its own process."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from deploy.local import VAR
from deploy.local.backends import Backends
from deploy.local.ports import free_port
from deploy.local.processes import ChildProcess
from deploy.local.secrets_store import SecretsStore
from services.checkin.bootstrap import first_link
from services.checkin.settings import CheckinSettings
from shared.platform.clock import SystemClock
from shared.platform.topic_admin import TopicAdmin
from shared.platform.web.tokens import Principal, issue_token

HTTP_PORT = 8080
READY_WITHIN_S = 90.0
WORKERS = ("checkin", "dispatch", "notify")

Say = Callable[[str], None]


class System:
    """A context manager: everything runs inside it, and nothing is left after it but the data."""

    def __init__(
        self,
        directory: Path = VAR / "data",
        *,
        logs: Path = VAR / "log",
        settings: Mapping[str, str] | None = None,
        say: Say = lambda _: None,
        http_port: int | None = HTTP_PORT,
    ) -> None:
        """`settings` are environment variables for the services; `say` is told what happens, line by line."""
        self._logs = logs
        self._settings = dict(settings or {})
        self._say = say
        self._secrets = SecretsStore(directory / "keys")
        self.backends = Backends(directory, logs=logs)
        self._port = free_port(http_port)
        self._open = ExitStack()
        self.processes: dict[str, ChildProcess] = {}
        self._environment: Mapping[str, str] = {}
        self.restarts = 0

    @property
    def base_url(self) -> str:
        """Where the APIs answer."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def kafka_bootstrap(self) -> str:
        return self.backends.kafka_bootstrap()

    @property
    def redis_url(self) -> str:
        return self.backends.redis_url()

    def issue(self, principal: Principal, good_for: timedelta = timedelta(days=7)) -> str:
        """A token for anybody of this system."""
        return issue_token(self._secrets.token_private_key(), principal, SystemClock(), good_for)

    async def first_link(self) -> str | None:
        """Where the first administrators are made: a path with a one-time token; None once there are accounts."""
        return await first_link(CheckinSettings.model_validate({k.lower(): v for k, v in self._environment.items()}))

    def demo_password(self) -> str:
        """Of every account of the demo."""
        return self._secrets.demo_password()

    def __enter__(self) -> "System":
        self._open.enter_context(self.backends)
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def mend(self) -> list[str]:
        """Start again what has ended by itself; returns the names. To be called about twice a second.

        Raises NotReady when a server does not come back; the next call tries again.
        """
        servers = self.backends.mend()
        ended = [name for name, process in self.processes.items() if not process.alive]
        for name in ended:
            self.processes[name].start()
        self.restarts += len(servers) + len(ended)
        return [*servers, *ended]

    def ready(self) -> bool:
        """Whether every API says it is."""
        try:
            with urllib.request.urlopen(f"{self.base_url}/readyz", timeout=5) as answer:  # noqa: S310 - loopback
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def _start(self) -> None:
        self._say("Kafka and Redis …")
        addresses = self.backends.addresses()
        self._say(f"Kafka at {addresses.kafka_bootstrap}, Redis at {addresses.redis_url}")
        with TopicAdmin(addresses.kafka_bootstrap) as admin:
            made = admin.apply(replication_factor=int(self._settings.get("REPLICATION_FACTOR", "1")))
        self._say(f"{len(made)} topics made" if made else "topics are there")
        environment = {**addresses.environment(), **self._secrets.environment(), **self._settings}
        self._environment = environment
        self._start_process("api", "deploy.local.one_port", str(self._port), environment=environment)
        self.processes["api"].wait_ready(self.ready, within=READY_WITHIN_S)
        # The embedded history admits one process, the api's; a ClickHouse server is fed by a worker.
        workers = WORKERS if addresses.clickhouse_url.startswith("chdb:") else (*WORKERS, "analytics")
        for name in workers:
            watched = {**environment, "WORKER_HTTP_PORT": str(free_port())}
            self._start_process(f"{name}-worker", f"services.{name}.entrypoints.worker", environment=watched)
        self._say(f"APIs at {self.base_url}, {len(workers)} workers")

    def _start_process(self, name: str, module: str, *arguments: str, environment: Mapping[str, str]) -> None:
        process = ChildProcess(
            name,
            [sys.executable, "-m", module, *arguments],
            log=self._logs / f"{name}.log",
            environment={"PYTHONUNBUFFERED": "1", **environment},
            directory=Path(os.getcwd()),
        )
        process.start()
        self.processes[name] = process

    def _stop(self) -> None:
        for process in self.processes.values():
            process.end()  # all at once: each may take its time when a server that it needs is gone
        for process in self.processes.values():
            process.stop()
        self.processes.clear()
        self._open.close()
