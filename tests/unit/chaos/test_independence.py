"""The checker shares no code with what it checks."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import checker

FOLDER = Path(checker.__file__).parent
FORBIDDEN = ("services", "shared", "deploy")
FILES = sorted(FOLDER.rglob("*.py"))


def imported(source: str) -> Iterator[str]:
    """The modules that a file imports, however deep; a relative import is `.`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module if node.level == 0 and node.module else "."
        elif isinstance(node, ast.Call) and "import" in ast.unparse(node.func):
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str))


def foreign(source: str) -> list[str]:
    """Imports that are not the checker's to make: the platform's, or a test's that could bring it along."""
    return [
        module
        for module in imported(source)
        if module.split(".")[0] in FORBIDDEN
        or module == "."
        or (module.split(".")[0] == "tests" and not module.startswith("tests.chaos.checker"))
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_a_file_of_the_checker_imports_nothing_of_the_platform(file: Path) -> None:
    assert foreign(file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import shared.platform.ledger",
        "def late():\n    from services.dispatch.domain import decide",
        "from deploy.local import VAR",
        "from tests.chaos.notes import now",
        "import importlib\nimportlib.import_module('shared.contracts')",
        "from . import log",
    ],
)
def test_an_import_of_the_platform_is_seen_wherever_it_hides(source: str) -> None:
    assert foreign(source) != []


def test_all_files_are_looked_at() -> None:
    assert {"judging.py", "log.py", "__main__.py"} <= {file.name for file in FILES}
