"""Gets what the tests need and Python's packages do not bring: PostgreSQL, a browser and Kafka's jars.

`python -m tests.prepare` installs Debian packages when it may (root, apt-get), else says what to install.
"""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from deploy.local import VAR
from deploy.local.kafka_jars import JarsUnavailable, kafka_jars
from deploy.local.postgres_server import PostgresUnavailable, postgres_programs
from tests import containers


@dataclass(frozen=True)
class Need:
    """Something of the system's that tests use."""

    name: str
    is_met: Callable[[], bool]
    debian_package: str


def has_postgres() -> bool:
    if containers.docker_is_used() or os.environ.get("DATABASE_URL", "").startswith("postgresql"):
        return True
    try:
        postgres_programs()
    except PostgresUnavailable:
        return False
    return True


def has_chinese_letters() -> bool:
    fonts = shutil.which("fc-list")
    if fonts is None:
        return False
    return bool(subprocess.run([fonts, ":lang=zh"], capture_output=True, check=False, timeout=60).stdout)


NEEDS = (
    Need("PostgreSQL's server programs", has_postgres, "postgresql"),
    Need("the browser Chromium", lambda: shutil.which("chromium") is not None, "chromium"),
    Need("fc-list, to look for letters", lambda: shutil.which("fc-list") is not None, "fontconfig"),
    Need("Chinese letters for its pages", has_chinese_letters, "fonts-noto-cjk"),
)


def install(packages: list[str]) -> None:
    """Install Debian packages without a question and without starting their services."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        command = ["apt-get", "-o", "Acquire::Retries=3", "-qq", *step]
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=900,
        )
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}")


def main() -> int:
    missing = [need for need in NEEDS if not need.is_met()]
    packages = [need.debian_package for need in missing]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing for the tests:", *packages, flush=True)
        install(packages)
        missing = [need for need in missing if not need.is_met()]
    for need in missing:
        print(
            f"The tests need {need.name}: install it (Debian and Ubuntu: apt-get install {need.debian_package}).",
            file=sys.stderr,
        )
    if not (containers.docker_is_used() or os.environ.get("KAFKA_BOOTSTRAP")):
        # Before any test, so that no test's time limit counts the download.
        kafka_jars(VAR / "cache")
    return 1 if missing else 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        sys.exit(main())
    except (JarsUnavailable, subprocess.SubprocessError) as error:
        sys.exit(f"The tests cannot be prepared: {error}")
