"""Real Kafka, Redis and PostgreSQL for every test that names them.

Taken from `KAFKA_BOOTSTRAP`, `REDIS_URL` and `DATABASE_URL` when set, else from Docker where an engine
answers, else embedded. Servers are shared by the whole session and the fixtures are synchronous, so that no
event loop has to outlive a test; what a test writes is kept apart by topic names and by emptied databases.
"""

import os
import shutil
from collections.abc import Generator

import pytest
import redis
from hypothesis.configuration import set_hypothesis_home_dir

from deploy.local import VAR
from deploy.local.backends import Backends
from tests import containers

# `tmp_path` too stays inside the checkout. Absolute paths: tests may change the working directory.
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(VAR / "tmp"))


def pytest_configure() -> None:
    (VAR / "tmp").mkdir(parents=True, exist_ok=True)
    set_hypothesis_home_dir(VAR / "cache" / "hypothesis")


@pytest.fixture(scope="session")
def backends() -> Generator[Backends]:
    """The session's embedded servers, started when first asked for."""
    directory = VAR / "tmp" / f"backends-{os.getpid()}"
    with Backends(directory, logs=directory, kafka_port=None, redis_port=None) as running:
        yield running
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def kafka_bootstrap(backends: Backends) -> Generator[str]:
    """A Kafka shared by all tests: make your own topics, with names of your own."""
    if containers.docker_is_used() and not os.environ.get("KAFKA_BOOTSTRAP"):
        with containers.kafka() as bootstrap:
            yield bootstrap
    else:
        yield backends.kafka_bootstrap()


@pytest.fixture(scope="session")
def redis_server_url(backends: Backends) -> Generator[str]:
    """A Redis shared by all tests; they want `redis_url`."""
    if containers.docker_is_used() and not os.environ.get("REDIS_URL"):
        with containers.redis() as url:
            yield url
        return
    url = backends.redis_url()
    with redis.Redis.from_url(url) as client:
        if backends.redis is None and client.dbsize():
            pytest.exit("REDIS_URL names a database that is not empty, and tests empty it: give another one.", 3)
    yield url


@pytest.fixture(scope="module")
def redis_url(redis_server_url: str) -> str:
    """A Redis database that is empty when the module's first test begins."""
    with redis.Redis.from_url(redis_server_url) as client:
        client.flushdb()
    return redis_server_url


@pytest.fixture(scope="session")
def postgres_url(backends: Backends) -> Generator[str]:
    """SQLAlchemy URL (psycopg 3) of a PostgreSQL database shared by all tests."""
    if containers.docker_is_used() and not os.environ.get("DATABASE_URL", "").startswith("postgresql"):
        with containers.postgres() as url:
            yield url
    else:
        yield backends.postgres_url()
