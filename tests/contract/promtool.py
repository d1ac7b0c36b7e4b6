"""Prometheus' own checker: the one on PATH, else the one in Debian's package, unpacked without installing it."""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local import VAR

WITHIN_S = 60


@cache
def find_promtool() -> Path | None:
    """None where there is none and none can be had."""
    on_path = shutil.which("promtool")
    if on_path is not None:
        return Path(on_path)
    kept = VAR / "cache" / "promtool"
    if not kept.exists() and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        _unpack_to(kept)
    return kept if kept.exists() else None


def _unpack_to(kept: Path) -> None:
    with TemporaryDirectory(dir=VAR / "tmp") as folder:
        try:
            _run(["apt-get", "-qq", "-o", "Acquire::Retries=1", "download", "prometheus"], folder)
            (package,) = Path(folder).glob("prometheus_*.deb")
            _run(["dpkg-deb", "--extract", str(package), "all"], folder)
        except (subprocess.SubprocessError, ValueError):
            return
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(Path(folder) / "all" / "usr" / "bin" / "promtool", kept)


def _run(command: list[str], folder: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=WITHIN_S)
