"""The jars of Apache Kafka, fetched once by Maven coordinates, without Maven or Java on the machine.

`kafka-jars.lock` beside this file names every jar with its SHA-256, so a start downloads exactly what was
locked and walks no dependency graph. `python -m deploy.local.kafka_jars` downloads, with `--lock` after
writing the lock file anew.
"""

import fcntl
import hashlib
import logging
import sys
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from typing import Any, cast

from jgo.config import GlobalSettings
from jgo.maven import MavenContext

KAFKA = "org.apache.kafka:kafka_2.13:4.4.0"
# The broker logs through SLF4J; this is the smallest backend, made for the SLF4J version Kafka brings.
LOGGING = "org.slf4j:slf4j-simple:1.7.36"

_LOCK_FILE = Path(__file__).with_name("kafka-jars.lock")
_ATTEMPTS = 4
_PARALLEL = 8

_log = logging.getLogger(__name__)


class JarsUnavailable(RuntimeError):
    """The jars are not in the cache and could not be downloaded."""


def kafka_jars(cache: Path) -> list[Path]:
    """Paths of the locked jars under `cache`, downloading what is missing or damaged.

    Raises `JarsUnavailable` with the last reason when that fails after a bounded number of attempts.
    """
    coordinates, sums = zip(*(line.split() for line in _LOCK_FILE.read_text().splitlines()), strict=True)
    with _only_one_at_a_time(cache):
        context = _context(cache)
        with ThreadPoolExecutor(_PARALLEL) as pool:
            return list(pool.map(_fetch, repeat(context), coordinates, sums))


def _fetch(context: MavenContext, coordinate: str, sha256: str) -> Path:
    artifact = context.create_dependency(coordinate).artifact
    path = cast("Path", artifact.cached_path)
    reason = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            _log.warning("Kafka's jar %s: %s; trying again", coordinate, reason)
            time.sleep(2.0**attempt)
        try:
            # A file that is there already may be the half of one: a download was cut short.
            if _sha256(artifact.resolve()) == sha256:
                return path
            reason = "its SHA-256 is not the locked one"
        except (OSError, RuntimeError) as error:
            reason = str(error)
        path.unlink(missing_ok=True)
    raise JarsUnavailable(
        f"Kafka's jar {coordinate} could not be downloaded: {reason}\n"
        "The first start needs a Maven repository within reach (or a mirror of it, named in jgo's own"
        " configuration file). Or set KAFKA_BOOTSTRAP to use a Kafka that runs already."
    )


def _context(cache: Path) -> MavenContext:
    # Mirrors come from jgo's configuration; its default is Maven Central.
    mirrors = GlobalSettings.load().repositories or None
    return MavenContext(repo_cache=cache / "maven", remote_repos=mirrors, timeout=30)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _only_one_at_a_time(cache: Path) -> Generator[None]:
    """Two processes must not write the same files of the cache."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "maven.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write_lock(cache: Path) -> None:
    """Resolve the dependency graph with jgo and write the lock file."""
    context = _context(cache)
    inputs: list[Any]
    transitive: list[Any]
    inputs, transitive = context.resolver.resolve([context.create_dependency(c) for c in (KAFKA, LOGGING)])
    artifacts = [d.artifact for d in [*inputs, *transitive] if d.scope in (None, "compile", "runtime")]
    lines = {f"{a.groupId}:{a.artifactId}:{a.version} {_sha256(a.resolve())}" for a in artifacts}
    _LOCK_FILE.write_text("\n".join(sorted(lines)) + "\n")


if __name__ == "__main__":
    from deploy.local import VAR

    if sys.argv[1:] == ["--lock"]:
        write_lock(VAR / "cache")
    kafka_jars(VAR / "cache")
