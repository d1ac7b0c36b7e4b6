"""A domain imports the standard library, the vocabulary and itself, and nothing that is installed."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
DOMAINS = sorted(REPOSITORY.glob("services/*/domain"))


def imports_of(source: str) -> Iterator[str]:
    """The absolute names that a module imports; relative ones stay inside its domain or are caught as such."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def foreign_to(domain: str, imported: str) -> bool:
    """Whether a module of `domain` (e.g. `services.dispatch.domain`) may not import this."""
    allowed = (domain, "shared.vocabulary")
    is_ours = any(imported == name or imported.startswith(f"{name}.") for name in allowed)
    return not is_ours and imported.partition(".")[0] not in sys.stdlib_module_names


@pytest.mark.parametrize(
    ("imported", "foreign"),
    [
        ("dataclasses", False),
        ("collections.abc", False),
        ("shared.vocabulary.terms", False),
        ("services.dispatch.domain.orders", False),
        ("services.dispatch.domains", True),
        ("services.dispatch.application", True),
        ("shared.contracts.base", True),
        ("pydantic", True),
        ("..application", True),
    ],
)
def test_what_is_foreign(imported: str, foreign: bool) -> None:
    assert foreign_to("services.dispatch.domain", imported) is foreign


def test_every_form_of_import_is_seen() -> None:
    source = "import a.b\nfrom c import d\nfrom . import e\ndef f():\n    import g\n"
    assert set(imports_of(source)) == {"a.b", "c", ".", "g"}


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda path: path.parent.name)
def test_a_domain_is_pure(domain: Path) -> None:
    name = ".".join(domain.relative_to(REPOSITORY).parts)
    modules = list(domain.rglob("*.py"))
    assert modules
    foreign = [(m.name, i) for m in modules for i in imports_of(m.read_text("utf-8")) if foreign_to(name, i)]
    assert foreign == []
