"""Kafka, Redis and PostgreSQL from Docker, where an engine answers.

Never run by the authors: no Docker engine was at hand. The embedded servers are what the tests are proved on;
`TEST_BACKENDS=embedded` chooses them although an engine answers.
"""

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache


@cache
def docker_is_used() -> bool:
    """Whether tests take their servers from Docker."""
    if os.environ.get("TEST_BACKENDS") == "embedded":
        return False
    try:
        asked = subprocess.run(
            ["docker", "version", "--format", "{{.Server.Version}}"], capture_output=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


@contextmanager
def kafka() -> Generator[str]:
    """Address of a broker that refuses to create topics by itself, as the embedded one does."""
    from testcontainers.community.kafka import KafkaContainer

    container = KafkaContainer("confluentinc/cp-kafka:8.1.0").with_kraft()
    container.with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
    with container:
        yield container.get_bootstrap_server()


@contextmanager
def redis() -> Generator[str]:
    """URL of a Redis of the oldest version supported."""
    from testcontainers.community.redis import RedisContainer

    with RedisContainer("redis:6.2") as container:
        yield f"redis://{container.get_container_host_ip()}:{container.get_exposed_port(container.port)}/0"


@contextmanager
def postgres() -> Generator[str]:
    """SQLAlchemy URL of a PostgreSQL."""
    from testcontainers.community.postgres import PostgresContainer

    with PostgresContainer("postgres:17", driver="psycopg") as container:
        yield container.get_connection_url()
