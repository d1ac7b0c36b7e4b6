"""What no client of ours would send."""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

TEXTS = [
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202egpj.exe\u2066\u200f",
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A1",
    "'; DROP TABLE member; --",
    "²",
    "天" * 20_000,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "",
]
NUMBERS = ["NaN", "Infinity", "1e999", "9" * 30, "-" + "9" * 5000, "0." + "1" * 400, "1e-400", "-0.0"]
SHAPES = ["null", "[]", "{}", "true", '[[["a"]]]', '{"\\ud800":1,"__proto__":{}}']
VALUES = [*(json.dumps(text) for text in TEXTS), *NUMBERS, *SHAPES]
"""JSON in place of a value."""
BODIES = [
    b"",
    b"\xff\xfe{",
    b"\x00",
    b"null",
    b"[]",
    b'"text"',
    b'{"\\ud800": 1}',
    b'{"a": 1, "a": 2}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"[" * 900 + b"]" * 900,
    b"9" * 5000,
]
"""Whole bodies, some nested deeper than any reader goes."""
TYPES = ["application/json", "multipart/form-data; boundary=x", "?"]
IN_URLS = [
    "%00",
    "a%00b",
    "%FF%FE",
    "%ED%A0%80",
    "%C2%B2",
    "..%2F..%2Fetc",
    "a" * 20_000,
    "9" * 5000,
    "-1",
    "NaN",
    "",
    "0001-01-01",
    "9999-12-31",
    "0001-01-01T00:00:00%2B14:00",
    "9999-12-31T23:59:59-14:00",
]
_POSITIONS = ["²:x", "9" * 400 + ":x", "1:\x00", "\x00", "[" * 5000, "9" * 30, "²", f"[{'9' * 30}{',9' * 11}]"]
CURSORS = [base64.urlsafe_b64encode(text.encode()).decode() for text in _POSITIONS]
HEADERS = [b"\xff\xfe", b"\xc2\xb2", b"a" * 8_000, b'"', *(cursor.encode() for cursor in CURSORS)]
OF_EVERY_REQUEST = ["Accept", "Accept-Language", "Authorization", "Content-Type", "X-Correlation-Id", "Traceparent"]
"""Headers that are read whatever is asked for."""
FILES = [
    b"",
    b"\x00\x01",
    b"PK\x03\x04",
    b"code,name\n\x00,\x00\n",
    b"\xff\xd8\xff\x00",
    b"code\n" + b'"' * 5000,
]


def bodies_like(body: Any, document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[bytes]:
    """The body with one value after the other replaced by each of VALUES: those it has, and those it may have."""
    for path in sorted({*_paths_of(body), *_paths_in(document, schema)}):
        for value in VALUES:
            yield json.dumps(_with(body, path, _MARK)).replace(json.dumps(_MARK), value).encode()


_MARK = "the value that is replaced"
Path = tuple[str, ...]


def _paths_of(body: Any) -> Iterator[Path]:
    if isinstance(body, dict):
        for name, value in body.items():
            yield (name,)
            yield from ((name, *path) for path in _paths_of(value))
    elif isinstance(body, list) and body:
        yield from (("0", *path) for path in _paths_of(body[0]))


def _paths_in(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Path]:
    for each in (schema, *schema.get("anyOf", ())):
        if "$ref" in each:
            each = document["components"]["schemas"][each["$ref"].rpartition("/")[2]]
        for name, inner in each.get("properties", {}).items():
            yield (name,)
            yield from ((name, *path) for path in _paths_in(document, inner))


def _with(body: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    first, *rest = path
    if isinstance(body, list):
        return [_with(body[0], tuple(rest), value)]
    known = body if isinstance(body, dict) else {}
    return {**known, first: _with(known.get(first), tuple(rest), value)}
