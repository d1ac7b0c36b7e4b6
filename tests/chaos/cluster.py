"""The system as it runs on servers, on one machine: three brokers, Redis, two workers for each service, its APIs."""

import asyncio
import os
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from deploy.local.ports import free_port
from deploy.local.processes import ChildProcess, NotReady
from deploy.local.redis_server import RedisServer
from deploy.local.secrets_store import SecretsStore
from shared.platform.clock import SystemClock
from shared.platform.topic_admin import TopicAdmin
from shared.platform.web.tokens import Principal, issue_token
from tests.chaos.brokers import Brokers
from tests.chaos.proxy import Proxy
from tests.chaos.targets import Kind, Target

SERVICES = ("checkin", "dispatch", "notify")
READY_WITHIN_S = 120.0
MEND_EVERY_S = 0.5
APIS: Mapping[str, Sequence[str]] = {
    "api-1": ("checkin", "dispatch", "notify"),
    "api-2": ("checkin", "dispatch", "notify"),
    "api-analytics": ("analytics",),  # the embedded history admits one process, which also feeds it
}
CLIENTS_GO_TO = ("api-1", "api-2")
SETTINGS = {
    "REPLICATION_FACTOR": "3",
    "PLAYBOOK_TIME_FACTOR": "0.2",
    "DUTY_LEASE_S": "90",
    "REST_AFTER_S": "5",
}
"""Times short enough for every deadline to come up many times in ten minutes."""


class Cluster:
    """An async context manager. What ends by itself is started again, unless `resting`."""

    def __init__(self, directory: Path, settings: Mapping[str, str], *, planted: str | None = None) -> None:
        """`settings`: environment variables for the services; `planted`: the defect that the workers run with."""
        self._directory = directory
        self._planted = planted
        self._secrets = SecretsStore(directory / "keys")
        self._settings = {**SETTINGS, **settings}
        self._ports = {name: free_port() for name in APIS}
        self._open = AsyncExitStack()
        self._starting: dict[str, asyncio.Task[None]] = {}
        self.brokers = Brokers(directory, directory / "log", [_listener(service) for service in SERVICES])
        self.redis = RedisServer(directory / "redis", log=directory / "log" / "redis.log")
        self.targets: dict[str, Target] = {}
        self.resting: set[str] = set()
        """Names of what stays away until it is taken out of here."""

    @property
    def base_urls(self) -> list[str]:
        """Of the two APIs that clients take turns with."""
        return [f"http://127.0.0.1:{self._ports[name]}" for name in CLIENTS_GO_TO]

    @property
    def history(self) -> Path:
        """The embedded history's folder, which the first API's process holds."""
        return self._directory / "history"

    def issue(self, principal: Principal) -> str:
        """A token for anybody."""
        return issue_token(self._secrets.token_private_key(), principal, SystemClock(), timedelta(days=1))

    async def __aenter__(self) -> "Cluster":
        try:
            await self._start()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._starting.values():
            task.cancel()
        for target in self.targets.values():
            target.thaw()
        await asyncio.to_thread(self.stop, [name for name, t in self.targets.items() if t.kind in ("worker", "api")])
        await self._open.aclose()

    def stop(self, names: Sequence[str]) -> None:
        """SIGTERM, and wait for the end."""
        self.resting.update(names)
        for name in names:
            self.targets[name].process.end()
        for name in names:
            self.targets[name].process.stop()

    async def mend(self) -> None:
        """Start again what has ended, as a supervisor does, until cancelled."""
        while True:
            for name, target in self.targets.items():
                is_starting = name in self._starting and not self._starting[name].done()
                if not target.alive and name not in self.resting and not is_starting:
                    self._starting[name] = asyncio.create_task(_start_again(target))
            await asyncio.sleep(MEND_EVERY_S)

    async def until_ready(self) -> None:
        """Return when all APIs say that they are. NotReady when that takes too long."""
        for name in APIS:
            wait_ready = self.targets[name].process.wait_ready
            await asyncio.to_thread(wait_ready, lambda name=name: self.is_ready(name), within=READY_WITHIN_S)

    def is_ready(self, api: str) -> bool:
        """Whether an API says that it is."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._ports[api]}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def proxy(self, broker: str, service: str) -> Proxy:
        """Between a broker and the second worker of a service."""
        return next(b for b in self.brokers.all if f"broker-{b.node_id}" == broker).proxies[_listener(service)]

    async def _start(self) -> None:
        await asyncio.to_thread(self.brokers.__enter__)
        self._open.callback(self.brokers.__exit__)
        for broker in self.brokers.all:
            self.targets[f"broker-{broker.node_id}"] = Target(f"broker-{broker.node_id}", "broker", broker)
            for proxy in broker.proxies.values():
                await proxy.start()
                self._open.push_async_callback(proxy.stop)
        await asyncio.to_thread(self.redis.start)
        self._open.callback(self.redis.kill)
        self.targets["redis"] = Target("redis", "redis", self.redis)
        with TopicAdmin(self.brokers.bootstrap) as admin:
            await asyncio.to_thread(admin.apply, 3)
        self._start_processes()
        await self.until_ready()

    def _start_processes(self) -> None:
        for name, services in APIS.items():
            arguments = ["deploy.local.one_port", str(self._ports[name]), *services]
            self._start_process(name, "api", "", arguments, self.brokers.bootstrap)
        for service in SERVICES:
            module = f"services.{service}.entrypoints.worker"
            arguments = [module] if self._planted is None else ["tests.chaos.planted", self._planted, module]
            # The first worker reaches the brokers directly, the second one through proxies that can be cut.
            ways = (self.brokers.bootstrap, self.brokers.bootstrap_apart(_listener(service)))
            for number, bootstrap in enumerate(ways, 1):
                self._start_process(f"{service}-worker-{number}", "worker", service, arguments, bootstrap)

    def _start_process(self, name: str, kind: Kind, service: str, arguments: Sequence[str], bootstrap: str) -> None:
        process = ChildProcess(
            name,
            [sys.executable, "-m", *arguments],
            log=self._directory / "log" / f"{name}.log",
            environment={
                "PYTHONUNBUFFERED": "1",
                "KAFKA_BOOTSTRAP": bootstrap,
                "REDIS_URL": self.redis.url,
                "DATABASE_URL": f"sqlite+aiosqlite:///{self._directory / 'registry.db'}",
                "CLICKHOUSE_URL": f"chdb://{self.history}",
                **self._secrets.environment(),
                **self._settings,
            },
            directory=Path(os.getcwd()),
        )
        process.start()
        self.targets[name] = Target(name, kind, process, service)


def _listener(service: str) -> str:
    return f"APART{SERVICES.index(service)}"


async def _start_again(target: Target) -> None:
    try:
        await asyncio.to_thread(target.start)
    except NotReady:
        return  # the next look tries again
