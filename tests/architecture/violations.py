"""One violation for each thing that `make check` promises to catch."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_BIN = Path(sys.executable).parent

Gate = tuple[str, ...]
"""A command of `make check`, run at the root of a tree; caches would only blur a copy."""

LINT_IMPORTS: Gate = (str(_BIN / "lint-imports"), "--no-logo", "--no-cache")
RUFF: Gate = (str(_BIN / "ruff"), "check", "--no-cache")
RUFF_FORMAT: Gate = (str(_BIN / "ruff"), "format", "--check", "--no-cache")
GENERATE: Gate = (sys.executable, "-m", "shared.contracts.generate", "--check")
_USE_CASE = "services/dispatch/application/planted.py"
PYRIGHT: Gate = (sys.executable, "-m", "pyright", "--pythonpath", sys.executable, _USE_CASE)
"""With the tree's strict settings, but over one file: the whole tree takes a minute."""
GATES = {"format": RUFF_FORMAT, "lint": RUFF, "imports": LINT_IMPORTS, "contracts": GENERATE}


@dataclass(frozen=True)
class Violation:
    """What is made of a file's text (empty when there is none), the gate that must fail, and what it must say."""

    name: str
    gate: Gate
    file: str
    plant: Callable[[str], str]
    says: str


def _new(text: str) -> Callable[[str], str]:
    return lambda existing: existing + text


def _replace(old: str, new: str) -> Callable[[str], str]:
    def plant(existing: str) -> str:
        assert existing.count(old) == 1, f"{old!r} must be there once to be replaced"
        return existing.replace(old, new)

    return plant


def _without_a_required_field(text: str) -> str:
    return json.dumps({**json.loads(text), "required": ["unit_id"]})


def _import(where: str, what: str, says: str | None = None) -> Violation:
    """A module `planted` in the package `where` that imports `what`."""
    file = f"{where.replace('.', '/')}/planted.py"
    message = says or f"{where}.planted -> {what}"
    return Violation(f"{where} imports {what}", LINT_IMPORTS, file, _new(f"import {what}\n"), message)


_SCHEMA = "shared/contracts/schemas/meu.checkin.check-out.v1.json"

WELL_TYPED = Violation("none", PYRIGHT, _USE_CASE, _new("def planted() -> int:\n    return 1\n"), "0 errors")

VIOLATIONS = (
    _import("services.dispatch.adapters", "services.checkin"),
    _import("services.dispatch.domain", "shared.contracts.duty"),
    _import("services.dispatch.domain", "services.dispatch.adapters"),
    _import("services.dispatch.application", "redis"),
    _import("services.dispatch.adapters", "deploy.local"),
    _import("services.dispatch.adapters", "faust"),
    _import("shared.platform", "faust"),
    _import("shared.platform", "services.dispatch"),
    _import("shared.vocabulary", "shared.contracts.duty"),
    Violation(
        "two siblings import each other",
        LINT_IMPORTS,
        "shared/platform/records.py",
        _new("import shared.platform.dead_letters\n"),
        "No package and its sibling import each other BROKEN",
    ),
    Violation(
        "a room of another name", LINT_IMPORTS, "services/dispatch/helpers.py", _new('"""Planted."""\n'), "helpers"
    ),
    Violation(
        "a service reads the clock",
        RUFF,
        _USE_CASE,
        _new("from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n"),
        "TID251",
    ),
    Violation(
        "a service makes a random id", RUFF, _USE_CASE, _new("from uuid import uuid4\n\nID = uuid4()\n"), "TID251"
    ),
    Violation("a file is not formatted", RUFF_FORMAT, _USE_CASE, _new("X = {'a':1}\n"), "planted.py"),
    Violation(
        "a wrong type", PYRIGHT, _USE_CASE, _new('def planted() -> int:\n    return "no number"\n'), "reportReturnType"
    ),
    Violation(
        "a parameter without a type",
        PYRIGHT,
        _USE_CASE,
        _new("def planted(anything) -> None:\n    return None\n"),
        "reportMissingParameterType",
    ),
    Violation("a schema edited by hand", GENERATE, _SCHEMA, _replace("off duty", "on duty"), _SCHEMA),
    Violation("a schema that breaks its readers", GENERATE, _SCHEMA, _without_a_required_field, "member_id"),
    Violation(
        "a model changed without its schema",
        GENERATE,
        "shared/vocabulary/terms.py",
        _replace('    OFF = "off"\n', '    OFF = "off"\n    ASLEEP = "asleep"\n'),
        "may be 'asleep'",
    ),
)
