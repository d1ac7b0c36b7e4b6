"""The embedded servers are the real ones, keep what they promise, and leave nothing running behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from kafka.admin import KafkaAdminClient, NewTopic
from redis import Redis

from deploy.local.backends import Backends
from deploy.local.kafka_server import KafkaServer
from deploy.local.ports import free_port, is_free
from deploy.local.postgres_server import PostgresServer
from deploy.local.processes import ChildProcess, NotReady
from deploy.local.redis_server import RedisServer


@pytest.fixture(scope="module")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Generator[KafkaServer]:
    """A broker that this module may kill."""
    with KafkaServer(tmp_path_factory.mktemp("kafka")) as server:
        yield server


def create_topic(bootstrap: str, name: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    admin.close()


async def produce(bootstrap: str, topic: str, values: list[bytes]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer:
        for value in values:
            await producer.send_and_wait(topic, value)


async def consume(bootstrap: str, topic: str, count: int) -> list[bytes]:
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        return [(await consumer.getone()).value for _ in range(count)]


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A killed orphan is a zombie until whoever adopted it reaps it.
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()


async def test_records_come_back_as_they_were_sent(kafka_bootstrap: str) -> None:
    create_topic(kafka_bootstrap, "runtime-round-trip")
    sent = [b"one", b"two", b"three"]
    await produce(kafka_bootstrap, "runtime-round-trip", sent)
    assert await consume(kafka_bootstrap, "runtime-round-trip", 3) == sent


async def test_kafka_keeps_acknowledged_records_and_its_port_through_sigkill(own_kafka: KafkaServer) -> None:
    create_topic(own_kafka.bootstrap, "survivor")
    await produce(own_kafka.bootstrap, "survivor", [b"before"])
    address, first_pid = own_kafka.bootstrap, own_kafka.process.pid

    own_kafka.kill()
    assert own_kafka.process.returncode == -signal.SIGKILL
    own_kafka.start()

    assert own_kafka.bootstrap == address
    assert own_kafka.process.pid != first_pid
    await produce(address, "survivor", [b"after"])
    assert await consume(address, "survivor", 2) == [b"before", b"after"]


async def test_kafka_does_not_create_a_mistyped_topic(own_kafka: KafkaServer) -> None:
    async with AIOKafkaProducer(bootstrap_servers=own_kafka.bootstrap, request_timeout_ms=1000) as producer:
        with pytest.raises(KafkaError):
            await producer.send_and_wait("mistyped", b"lost")
    async with AIOKafkaConsumer(bootstrap_servers=own_kafka.bootstrap) as consumer:
        assert "mistyped" not in await consumer.topics()


async def test_a_later_kafka_finds_the_data_of_an_earlier_one(tmp_path: Path) -> None:
    with KafkaServer(tmp_path / "kafka") as earlier:
        create_topic(earlier.bootstrap, "kept")
        await produce(earlier.bootstrap, "kept", [b"from the earlier run"])
    with KafkaServer(tmp_path / "kafka") as later:
        assert await consume(later.bootstrap, "kept", 1) == [b"from the earlier run"]


def test_a_taken_port_is_replaced_by_a_free_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        assert not is_free(taken)
        with RedisServer(tmp_path / "redis", port=taken) as server:
            assert server.port != taken
            with Redis.from_url(server.url) as client:
                assert client.ping()


def test_ports_lie_below_those_the_system_gives_to_clients() -> None:
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    ports = {free_port() for _ in range(20)}
    assert len(ports) == 20
    assert max(ports) < lowest


def test_redis_is_recent_enough_and_comes_back_empty_on_its_port(tmp_path: Path) -> None:
    with RedisServer(tmp_path / "redis") as server:
        url = server.url
        with Redis.from_url(url) as client:
            assert tuple(map(int, client.info("server")["redis_version"].split(".")[:2])) >= (6, 2)
            client.set("key", "value")
        server.kill()
        server.start()
        assert server.url == url
        with Redis.from_url(url) as client:
            assert client.dbsize() == 0


def test_a_persistent_redis_keeps_its_keys_over_a_restart(tmp_path: Path) -> None:
    with RedisServer(tmp_path / "redis", persistent=True) as server:
        with Redis.from_url(server.url) as client:
            client.set("key", "value")
        server.restart()
        with Redis.from_url(server.url) as client:
            assert client.get("key") == b"value"


def test_postgresql_answers(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_postgresql_keeps_its_rows_over_a_restart(tmp_path: Path) -> None:
    with PostgresServer(tmp_path / "postgres") as server:
        address = server.url.replace("+psycopg", "")
        with psycopg.connect(address) as connection:
            connection.execute("create table kept as select 42 as answer")
        server.restart()
        with psycopg.connect(address) as connection:
            assert connection.execute("select answer from kept").fetchone() == (42,)


def test_children_die_with_a_parent_killed_by_sigkill(tmp_path: Path) -> None:
    # The child starts from a thread that ends at once: that alone must not kill it.
    program = f"""
import threading
from pathlib import Path
from deploy.local.redis_server import RedisServer
server = RedisServer(Path({str(tmp_path)!r}) / "redis")
thread = threading.Thread(target=server.start)
thread.start()
thread.join()
print(server.process.pid, server.port, flush=True)
threading.Event().wait()
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, port = map(int, parent.stdout.readline().split())
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"PING\r\n")
            assert connection.recv(16) == b"+PONG\r\n"
        parent.kill()
    assert within(5, lambda: not runs(pid))


def test_a_program_that_ends_early_is_reported_with_its_last_words(tmp_path: Path) -> None:
    child = ChildProcess("sayer", [sys.executable, "-c", "raise SystemExit('no such setting')"], log=tmp_path / "log")
    child.start()
    with pytest.raises(NotReady, match=r"sayer ended with status 1(.|\n)*no such setting"):
        child.wait_ready(lambda: False, within=30)


def test_a_program_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    program = "from signal import *; signal(SIGTERM, SIG_IGN); print('up', flush=True); pause()"
    child = ChildProcess("stubborn", [sys.executable, "-c", program], log=tmp_path / "log")
    child.start()
    child.wait_ready(lambda: "up" in child.log_tail(), within=30)
    assert child.stop(within=0.2) == -signal.SIGKILL


def test_servers_named_by_the_environment_are_used_as_they_are(tmp_path: Path) -> None:
    given = {
        "KAFKA_BOOTSTRAP": "kafka.example:9092",
        "REDIS_URL": "redis://redis.example/3",
        "DATABASE_URL": "postgresql+psycopg://db.example/meu",
        "CLICKHOUSE_URL": "https://history.example",
    }
    with Backends(tmp_path, environment=given) as backends:
        assert backends.addresses().environment() == given
        assert backends.postgres_url() == given["DATABASE_URL"]
        assert backends.kafka is backends.redis is backends.postgres is None
