"""JSON Lines files of a run: what clients, faults and the sink saw, for the checker to read afterwards."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self


def now() -> str:
    """RFC 3339, UTC, microseconds."""
    return datetime.now(UTC).isoformat()


class Notes:
    """One file, as a context manager; every line is there as soon as it is written: a killed writer loses nothing."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", buffering=1, encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")

    def close(self) -> None:
        self._file.close()
