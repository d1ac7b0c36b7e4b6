"""Whether a schema may replace another one of the same version.

The log is kept, so both directions count: consumers that were not updated yet read new records, and updated ones
read old records when they rebuild. Fields that a reader does not know are ignored, fields it does not need may be
missing; everything else needs a new version.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

# Keyword -> whether the reader's limit admits every value that the writer's limit admits.
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_EXACT = ("pattern", "format", "const")


def incompatibilities(old: Schema, new: Schema) -> list[str]:
    """Why `new` needs a new version: JSON Schemas as this project generates them. Empty: it may replace `old`."""
    return [
        *(f"an old consumer could not read new records: {why}" for why in unreadable(reader=old, writer=new)),
        *(f"a new consumer could not read kept records: {why}" for why in unreadable(reader=new, writer=old)),
    ]


def unreadable(*, reader: Schema, writer: Schema) -> list[str]:
    """What a reader of one schema may fail on in records that keep the writer's."""
    return list(dict.fromkeys(_differences(_Pair(reader, writer), reader, writer, "")))


class _Pair:
    """The two documents, for their `$defs`. Contract types do not refer to themselves."""

    def __init__(self, reader: Schema, writer: Schema) -> None:
        self._reader, self._writer = reader, writer

    def resolved(self, reader: Schema, writer: Schema) -> tuple[Schema, Schema]:
        return _resolve(self._reader, reader), _resolve(self._writer, writer)


def _resolve(document: Schema, node: Schema) -> Schema:
    reference = node.get("$ref")
    return node if reference is None else document["$defs"][reference.removeprefix("#/$defs/")]


def _differences(pair: _Pair, reader: Schema, writer: Schema, at: str) -> Iterator[str]:
    reader, writer = pair.resolved(reader, writer)
    if "anyOf" in reader or "anyOf" in writer:
        yield from _alternatives(pair, reader, writer, at)
        return
    where = at or "the message"
    if not _types(writer) <= _types(reader):
        yield f"{where} was {_shown(reader)} and is {_shown(writer)}"
        return
    yield from _values(reader, writer, where)
    yield from _limits(reader, writer, where)
    yield from _properties(pair, reader, writer, at)
    if "items" in reader and "items" in writer:
        yield from _differences(pair, reader["items"], writer["items"], f"{at}[]")


def _alternatives(pair: _Pair, reader: Schema, writer: Schema, at: str) -> Iterator[str]:
    """Each alternative that the writer may use must be one that the reader takes."""
    for written in writer.get("anyOf", [writer]):
        tries = [list(_differences(pair, taken, written, at)) for taken in reader.get("anyOf", [reader])]
        if all(tries):
            yield min(tries, key=len)[0]


def _types(schema: Schema) -> set[str]:
    if "type" not in schema:
        return {"any"}
    return {schema["type"]} | ({"integer"} if schema["type"] == "number" else set())


def _shown(schema: Schema) -> str:
    return str(schema.get("type", "anything"))


def _values(reader: Schema, writer: Schema, where: str) -> Iterator[str]:
    if "enum" not in reader:
        return
    if "enum" not in writer:
        yield f"{where} is no longer limited to {', '.join(map(str, reader['enum']))}"
        return
    for value in writer["enum"]:
        if value not in reader["enum"]:
            yield f"{where} may be {value!r}"


def _limits(reader: Schema, writer: Schema, where: str) -> Iterator[str]:
    for keyword in (*_UPPER, *_LOWER, *_EXACT):
        if keyword not in reader:
            continue
        mine, theirs = reader[keyword], writer.get(keyword)
        if theirs is None:
            yield f"{where} has no {keyword} {mine!r}"
        elif (
            (keyword in _UPPER and theirs > mine)
            or (keyword in _LOWER and theirs < mine)
            or (keyword in _EXACT and theirs != mine)
        ):
            yield f"{where} has {keyword} {theirs!r} instead of {mine!r}"


def _properties(pair: _Pair, reader: Schema, writer: Schema, at: str) -> Iterator[str]:
    written = writer.get("properties", {})
    for name in reader.get("required", ()):
        if name not in writer.get("required", ()):
            yield f"{at}/{name} may be missing"
    for name, schema in reader.get("properties", {}).items():
        if name in written:
            yield from _differences(pair, schema, written[name], f"{at}/{name}")
