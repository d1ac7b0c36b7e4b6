"""The embedded runtime: real Kafka, Redis and PostgreSQL as child processes of one command.

Everything it writes lies under `VAR`, so that `make clean` leaves nothing behind.
"""

from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parents[2]

VAR: Path = (_REPOSITORY if (_REPOSITORY / "pyproject.toml").exists() else Path.cwd()) / "var"
"""Where data, logs and caches of this checkout lie (absolute)."""
