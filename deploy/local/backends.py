"""Which Kafka, Redis and databases a run uses: those named by the environment, else embedded ones."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from deploy.local import VAR
from deploy.local.kafka_server import KafkaServer
from deploy.local.postgres_server import PostgresServer
from deploy.local.redis_server import RedisServer

# Not the usual 9092 and 6379: other programs on this machine may expect their own servers there.
KAFKA_PORT, REDIS_PORT = 19092, 16379


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the backends of a run are."""

    kafka_bootstrap: str
    redis_url: str
    database_url: str
    clickhouse_url: str

    def environment(self) -> dict[str, str]:
        """The same as environment variables, for child processes."""
        return {
            "KAFKA_BOOTSTRAP": self.kafka_bootstrap,
            "REDIS_URL": self.redis_url,
            "DATABASE_URL": self.database_url,
            "CLICKHOUSE_URL": self.clickhouse_url,
        }


class Backends:
    """The backends of one run, as a context manager: each starts when first asked for and stops at its end.

    `KAFKA_BOOTSTRAP`, `REDIS_URL`, `DATABASE_URL` and `CLICKHOUSE_URL` are taken as they are when set, and
    nothing is started for them. Embedded data lie under `directory` and are found again by the next run.
    """

    def __init__(
        self,
        directory: Path = VAR / "data",
        *,
        logs: Path = VAR / "log",
        environment: Mapping[str, str] | None = None,
        kafka_port: int | None = KAFKA_PORT,
        redis_port: int | None = REDIS_PORT,
    ) -> None:
        """Ports are wishes: taken ones are replaced by free ones."""
        self._directory = directory.absolute()
        self._logs = logs
        self._environment = os.environ if environment is None else environment
        self._wanted_ports = (kafka_port, redis_port)
        self._open = ExitStack()
        self.kafka: KafkaServer | None = None
        self.redis: RedisServer | None = None
        self.postgres: PostgresServer | None = None

    def kafka_bootstrap(self) -> str:
        """Address of Kafka, starting the embedded broker if that is what is used."""
        if given := self._environment.get("KAFKA_BOOTSTRAP"):
            return given
        if self.kafka is None:
            log = self._logs / "kafka.log"
            server = KafkaServer(self._directory / "kafka", port=self._wanted_ports[0], log=log)
            self.kafka = self._open.enter_context(server)
        return self.kafka.bootstrap

    def redis_url(self) -> str:
        """Address of Redis, starting the embedded server if that is what is used."""
        if given := self._environment.get("REDIS_URL"):
            return given
        if self.redis is None:
            log = self._logs / "redis.log"
            server = RedisServer(self._directory / "redis", port=self._wanted_ports[1], log=log)
            self.redis = self._open.enter_context(server)
        return self.redis.url

    def database_url(self) -> str:
        """The registry's database: `DATABASE_URL`, else a SQLite file."""
        return self._environment.get("DATABASE_URL") or f"sqlite+aiosqlite:///{self._directory / 'registry.db'}"

    def clickhouse_url(self) -> str:
        """The history: `CLICKHOUSE_URL`, else a chDB folder, written `chdb:///absolute/path`."""
        return self._environment.get("CLICKHOUSE_URL") or f"chdb://{self._directory / 'history'}"

    def postgres_url(self) -> str:
        """A PostgreSQL for the tests: `DATABASE_URL` when it is one, else the embedded server."""
        given = self._environment.get("DATABASE_URL", "")
        if given.startswith("postgresql"):
            return given
        if self.postgres is None:
            log = self._logs / "postgres.log"
            server = PostgresServer(self._directory / "postgres", log=log)
            self.postgres = self._open.enter_context(server)
        return self.postgres.url

    def addresses(self) -> Addresses:
        """All that the services need, with Kafka and Redis started."""
        self._directory.mkdir(parents=True, exist_ok=True)
        return Addresses(
            kafka_bootstrap=self.kafka_bootstrap(),
            redis_url=self.redis_url(),
            database_url=self.database_url(),
            clickhouse_url=self.clickhouse_url(),
        )

    def mend(self) -> list[str]:
        """Start again, on their ports, the embedded servers that have ended by themselves; returns their names."""
        started = (server for server in (self.kafka, self.redis, self.postgres) if server is not None)
        ended = [server for server in started if not server.process.alive]
        for server in ended:
            server.start()
        return [server.name for server in ended]

    def __enter__(self) -> "Backends":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
