"""Which changes of a schema need a new version."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from shared.contracts.base import Message
from shared.contracts.compatibility import incompatibilities
from shared.contracts.generate import EXAMPLES, SCHEMAS, broken, committed, drifted, generated, main, message_types
from shared.contracts.schemas_of import json_schema

TEXT = {"type": "string"}
NUMBER = {"type": "number"}
INTEGER = {"type": "integer"}
MAYBE_TEXT = {"anyOf": [TEXT, {"type": "null"}]}


def _object(required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required or []}


def _limited(**limits: Any) -> dict[str, Any]:
    return _object(["x"], x={**INTEGER, **limits})


def _part(required: list[str]) -> dict[str, Any]:
    return {**_object(["p"], p={"$ref": "#/$defs/P"}), "$defs": {"P": _object(required, y=TEXT)}}


COMPATIBLE = {
    "the same": (_object(["x"], x=TEXT), _object(["x"], x=TEXT)),
    "a description": (_object(["x"], x=TEXT), _object(["x"], x={**TEXT, "description": "better"})),
    "a new optional field": (_object(["x"], x=TEXT), _object(["x"], x=TEXT, y=NUMBER)),
    "an optional field gone": (_object(["x"], x=TEXT, y=NUMBER), _object(["x"], x=TEXT)),
    "alternatives in another order": (_object(x=MAYBE_TEXT), _object(x={"anyOf": [{"type": "null"}, TEXT]})),
    "an enumeration in another order": (
        _object(x={**TEXT, "enum": ["a", "b"]}),
        _object(x={**TEXT, "enum": ["b", "a"]}),
    ),
    "a part moved in place": (_part(["y"]), _object(["p"], p=_object(["y"], y=TEXT))),
}
BREAKING = {
    "a required field gone": (_object(["x", "y"], x=TEXT, y=TEXT), _object(["x"], x=TEXT)),
    "a required field renamed": (_object(["x"], x=TEXT), _object(["z"], z=TEXT)),
    "a required field made optional": (_object(["x"], x=TEXT), _object([], x=TEXT)),
    "a new required field": (_object(["x"], x=TEXT), _object(["x", "y"], x=TEXT, y=TEXT)),
    "another type": (_object(x=TEXT), _object(x=NUMBER)),
    "a narrower type": (_object(x=NUMBER), _object(x=INTEGER)),
    "a wider type": (_object(x=INTEGER), _object(x=NUMBER)),
    "null no longer allowed": (_object(x=MAYBE_TEXT), _object(x=TEXT)),
    "null allowed": (_object(x=TEXT), _object(x=MAYBE_TEXT)),
    "a value more": (_object(x={**TEXT, "enum": ["a"]}), _object(x={**TEXT, "enum": ["a", "b"]})),
    "a value less": (_object(x={**TEXT, "enum": ["a", "b"]}), _object(x={**TEXT, "enum": ["a"]})),
    "an enumeration opened": (_object(x={**TEXT, "enum": ["a"]}), _object(x=TEXT)),
    "a limit": (_limited(), _limited(maximum=5)),
    "a lower maximum": (_limited(maximum=9), _limited(maximum=5)),
    "a higher maximum": (_limited(maximum=5), _limited(maximum=9)),
    "a higher minimum": (_limited(minimum=1), _limited(minimum=2)),
    "another pattern": (_object(x={**TEXT, "pattern": "a"}), _object(x={**TEXT, "pattern": "b"})),
    "another constant": (_object(x={**TEXT, "const": "a"}), _object(x={**TEXT, "const": "b"})),
    "in the items": (_object(x={"type": "array", "items": TEXT}), _object(x={"type": "array", "items": NUMBER})),
    "in a part": (_part(["y"]), _part([])),
}


@pytest.mark.parametrize("change", COMPATIBLE)
def test_readers_follow(change: str) -> None:
    assert incompatibilities(*COMPATIBLE[change]) == []


@pytest.mark.parametrize("change", BREAKING)
def test_a_new_version_is_needed(change: str) -> None:
    assert incompatibilities(*BREAKING[change])


@pytest.mark.parametrize("message", message_types(), ids=lambda message: message.ce_type())
def test_every_published_schema_is_compatible_with_itself(message: type[Message]) -> None:
    assert incompatibilities(json_schema(message), json_schema(message)) == []


class Before(Message):
    note: str | None
    count: int = Field(ge=1)


class After(Message):
    note: str
    count: int = Field(ge=0)


def test_reasons_name_the_field_and_who_fails() -> None:
    assert incompatibilities(json_schema(Before), json_schema(After)) == [
        "an old consumer could not read new records: /count has minimum 0 instead of 1",
        "a new consumer could not read kept records: /note was string and is null",
    ]


NAME = f"{SCHEMAS}/meu.checkin.check-out.v1.json"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    assert main([], tmp_path) == 0
    return tmp_path


def _edit(published: Path, **changes: Any) -> None:
    path = published / NAME
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


def test_what_is_generated_is_not_drifted(published: Path) -> None:
    assert committed(published) == generated()
    assert main(["--check"], published) == 0


def test_a_harmless_difference_is_named_and_written_over(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _edit(published, description="Something else.")
    assert main(["--check"], published) == 1
    assert NAME in capsys.readouterr().err
    assert main([], published) == 0
    assert main(["--check"], published) == 0


def test_a_breaking_difference_is_not_written_over(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _edit(published, required=["unit_id"])
    assert main(["--check"], published) == main([], published) == 2
    assert "member_id" in capsys.readouterr().err
    assert main(["--unpublished"], published) == 0
    assert main(["--check"], published) == 0


def test_a_type_that_no_topic_carries_any_more_is_a_break(published: Path) -> None:
    (published / SCHEMAS / "meu.gone.v1.json").write_text("{}")
    assert broken(committed(published), generated())


def test_an_orphan_example_is_drift_and_is_removed(published: Path) -> None:
    orphan = published / EXAMPLES / "meu.gone.v1.json"
    orphan.write_text("{}")
    assert drifted(committed(published), generated()) == [f"{EXAMPLES}/meu.gone.v1.json"]
    assert main([], published) == 0
    assert not orphan.exists()
