"""Every action that the code records, read from the code: who adds one need not know of this.

It begins with what builds an `Action`, and follows each code that comes from outside to the function's callers.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.checkin.domain.registry import Kind
from shared.vocabulary.terms import Role
from tests.contract.rights import RIGHTS

ROOT = Path(__file__).parents[2]
STANDS_FOR: Mapping[str, Sequence[str]] = {
    "kind.value": [kind.value for kind in Kind],
    "role.value": [role.value for role in Role],
    "right.role.value": [role.value for role in Role],
    "request.method.lower()": sorted({operation.split()[0].lower() for operation in RIGHTS}),
}
"""What may stand in a code's place, by the expression that stands there."""


class Unknown(LookupError):
    """This test can not tell which codes an expression gives."""


@dataclass(frozen=True)
class _Told:
    """Where a code is told to somebody: the argument `name`, which is the `position`-th. `module`: if only there."""

    function: str
    name: str
    position: int
    module: Path | None = None


def recorded_actions() -> set[str]:
    """The codes. Raises Unknown."""
    modules = {path: ast.parse(path.read_text("utf-8")) for room in ("services", "shared") for path in _python(room)}
    asked = [_Told("Action", "action", 1)]
    codes: set[str] = set()
    for told in asked:  # which grows
        for path, tree in modules.items():
            if told.module in (None, path):
                for outer, call in _calls(tree, told.function):
                    for found in _codes(_argument(call, told), outer, path):
                        if isinstance(found, str):
                            codes.add(found)
                        elif found not in asked:
                            asked.append(found)
    return codes


def _python(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _calls(tree: ast.AST, name: str, outer: _Function | None = None) -> Iterator[tuple[_Function | None, ast.Call]]:
    """Calls of this name, each with the function that it stands in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and name == getattr(node.func, "id", getattr(node.func, "attr", None)):
            yield outer, node
        yield from _calls(node, name, node if isinstance(node, _Function) else outer)


def _argument(call: ast.Call, told: _Told) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == told.name:
            return keyword.value
    return call.args[told.position] if len(call.args) > told.position else None


def _codes(value: ast.expr | None, outer: _Function | None, path: Path) -> Iterator[str | _Told]:
    """The codes that an expression may give, or where to go on for those that it is given."""
    match value:
        case ast.Constant(value=str(code)):
            yield code
        case ast.IfExp(body=one, orelse=other):
            yield from _codes(one, outer, path)
            yield from _codes(other, outer, path)
        case ast.JoinedStr(values=parts):
            yield from _joined(parts, path)
        case ast.Name(id=name) if outer is not None and name in (names := _parameters(outer)):
            is_private = outer.name.startswith("_")
            yield _Told(outer.name, name, names.index(name), path if is_private else None)
        case _:
            raise Unknown(f"{path}: {'nothing' if value is None else ast.unparse(value)}")


def _parameters(function: _Function) -> list[str]:
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if names[:1] == ["self"] else names


def _joined(parts: Sequence[ast.expr], path: Path) -> Iterator[str]:
    codes = [""]
    for part in parts:
        if isinstance(part, ast.FormattedValue):
            expression = ast.unparse(part.value)
            if expression not in STANDS_FOR:
                raise Unknown(f"{path}: {{{expression}}}")
            codes = [code + text for code in codes for text in STANDS_FOR[expression]]
        else:
            assert isinstance(part, ast.Constant)
            codes = [code + str(part.value) for code in codes]
    yield from codes
