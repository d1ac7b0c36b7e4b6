"""Where the system of this checkout runs, so that `meu status` and the like find it from another terminal."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local import VAR

_FILE = VAR / "run" / "system.json"


@dataclass(frozen=True)
class Running:
    """Addresses of a running system. The environment's variables, where set, win over what the file says."""

    base_url: str
    kafka_bootstrap: str
    redis_url: str

    def save(self, file: Path = _FILE) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self)))

    @staticmethod
    def forget(file: Path = _FILE) -> None:
        file.unlink(missing_ok=True)

    @classmethod
    def find(cls, file: Path = _FILE) -> "Running":
        """Raises LookupError with a plain text when nothing says where the system is."""
        known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        given = {
            "base_url": os.environ.get("MEU_URL"),
            "kafka_bootstrap": os.environ.get("KAFKA_BOOTSTRAP"),
            "redis_url": os.environ.get("REDIS_URL"),
        }
        known.update({name: value for name, value in given.items() if value})
        missing = {"kafka_bootstrap", "redis_url"} - known.keys()
        if missing:
            raise LookupError(
                "No system is running here (`meu up` or `make demo` start one), and neither "
                "KAFKA_BOOTSTRAP and REDIS_URL say where another is."
            )
        return cls(known.get("base_url", "http://127.0.0.1:8080"), known["kafka_bootstrap"], known["redis_url"])
