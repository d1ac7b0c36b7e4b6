"""Three brokers that replicate to one another, and the ways by which single workers reach them through proxies."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.local.kafka_server import KafkaServer
from deploy.local.ports import free_port
from tests.chaos.proxy import Proxy

BROKERS = 3
HEAP_MB = 320
REPLICATED = {
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "share.coordinator.state.topic.replication.factor": "3",
    "share.coordinator.state.topic.min.isr": "2",
    # A follower that is away is given up soon, so that what waits for all in-sync replicas does not wait long.
    "replica.lag.time.max.ms": "4000",
    "controller.quorum.election.timeout.ms": "1000",
    "controller.quorum.fetch.timeout.ms": "2000",
}


class Broker(KafkaServer):
    """One of the three. Beside its own listener it has one for each name of `apart`, advertised at a proxy's port."""

    def __init__(
        self, directory: Path, *, node_id: int, controller_port: int, voters: str, apart: Sequence[str], log: Path
    ) -> None:
        super().__init__(
            directory,
            heap_mb=HEAP_MB,
            node_id=node_id,
            controller_port=controller_port,
            voters=voters,
            settings=REPLICATED,
            log=log,
        )
        self.proxies = {name: Proxy(free_port(), free_port()) for name in apart}

    def _all_settings(self) -> dict[str, str]:
        settings = super()._all_settings()
        for name, proxy in self.proxies.items():
            settings["listeners"] += f",{name}://127.0.0.1:{proxy.target}"
            settings["advertised.listeners"] += f",{name}://127.0.0.1:{proxy.port}"
            settings["listener.security.protocol.map"] += f",{name}:PLAINTEXT"
        return settings


class Brokers:
    """All three, as a context manager. One at a time may be away without anything being refused."""

    def __init__(self, directory: Path, logs: Path, apart: Sequence[str]) -> None:
        """`apart`: names (capital letters) of listeners that lie behind proxies of their own."""
        ports = [free_port() for _ in range(BROKERS)]
        voters = ",".join(f"{number}@127.0.0.1:{port}" for number, port in enumerate(ports, 1))
        self.all = [
            Broker(
                directory / f"kafka-{number}",
                node_id=number,
                controller_port=port,
                voters=voters,
                apart=apart,
                log=logs / f"kafka-{number}.log",
            )
            for number, port in enumerate(ports, 1)
        ]

    @property
    def bootstrap(self) -> str:
        """Of the brokers themselves."""
        return ",".join(broker.bootstrap for broker in self.all)

    def bootstrap_apart(self, name: str) -> str:
        """Of the brokers as seen through the proxies of `name`."""
        return ",".join(f"127.0.0.1:{broker.proxies[name].port}" for broker in self.all)

    def __enter__(self) -> "Brokers":
        try:
            with ThreadPoolExecutor(BROKERS) as pool:  # none is ready before it has found another
                list(pool.map(lambda broker: broker.start(), self.all))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with ThreadPoolExecutor(BROKERS) as pool:
            list(pool.map(lambda broker: broker.kill(), self.all))
