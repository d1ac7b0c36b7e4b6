"""The gates of `make check` are proved: each fails on a planted violation, and on nothing else."""

import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.architecture.violations import GATES, VIOLATIONS, WELL_TYPED, Gate, Violation

REPOSITORY = Path(__file__).resolve().parents[2]
LOOKED_AT = ("services", "shared", "deploy", "pyproject.toml", "ruff.toml")

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the gates look at."""
    copy = tmp_path_factory.mktemp("tree")
    for part in LOOKED_AT:
        if (REPOSITORY / part).is_dir():
            shutil.copytree(REPOSITORY / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(REPOSITORY / part, copy / part)
    return copy


def _run(gate: Gate, tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(gate, cwd=tree, capture_output=True, text=True, timeout=300, check=False)


@contextmanager
def _planted(violation: Violation, tree: Path) -> Generator[None]:
    path = tree / violation.file
    before = path.read_text("utf-8") if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(violation.plant(before or ""), "utf-8")
    try:
        yield
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, "utf-8")


@pytest.mark.parametrize("gate", GATES)
def test_the_tree_passes(gate: str, tree: Path) -> None:
    result = _run(GATES[gate], tree)
    assert result.returncode == 0, result.stdout + result.stderr


def test_what_is_well_typed_passes(tree: Path) -> None:
    with _planted(WELL_TYPED, tree):
        result = _run(WELL_TYPED.gate, tree)
    assert result.returncode == 0, result.stdout + result.stderr
    assert WELL_TYPED.says in result.stdout


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda violation: violation.name)
def test_a_planted_violation_is_caught(violation: Violation, tree: Path) -> None:
    with _planted(violation, tree):
        result = _run(violation.gate, tree)
    assert result.returncode != 0
    assert violation.says in result.stdout + result.stderr
