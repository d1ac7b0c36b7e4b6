"""What a subscriber can check a record by: the CloudEvents attributes, and the published JSON Schema of its type.

Knows the headers as they are on the wire and the files of `shared/contracts/schemas`, and none of our code.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

import shared.contracts

SCHEMAS = Path(shared.contracts.__file__).parent / "schemas"
_REQUIRED = ("ce_id", "ce_source", "ce_specversion", "ce_type", "ce_subject", "ce_time", "ce_dataschema")


class SchemaBook:
    """The published schemas by CloudEvents type."""

    def __init__(self, directory: Path = SCHEMAS) -> None:
        self._validators: dict[str, Draft202012Validator] = {}
        for path in directory.glob("*.json"):
            schema = json.loads(path.read_text())
            Draft202012Validator.check_schema(schema)
            self._validators[path.name.removesuffix(".json")] = Draft202012Validator(schema)

    def faults(self, key: bytes | None, value: bytes | None, headers: Mapping[str, bytes]) -> list[str]:
        """Everything that is wrong with a record; empty when a subscriber can rely on it."""
        found = [f"{name} is missing" for name in _REQUIRED if not headers.get(name)]
        if found:
            return found
        told = {name: headers[name].decode() for name in _REQUIRED}
        if told["ce_specversion"] != "1.0":
            found.append(f"ce_specversion is {told['ce_specversion']}")
        if told["ce_subject"].encode() != key:
            found.append("the key is not ce_subject")
        if told["ce_dataschema"] != f"urn:meu:schema:{told['ce_type']}":
            found.append(f"ce_dataschema is {told['ce_dataschema']}")
        found += _time_faults(told["ce_time"])
        if value is None:
            return found  # a tombstone
        if headers.get("content-type") != b"application/json":
            found.append("content-type is not application/json")
        return found + self._body_faults(told["ce_type"], value)

    def _body_faults(self, kind: str, value: bytes) -> list[str]:
        validator = self._validators.get(kind)
        if validator is None:
            return [f"no schema of type {kind} is published"]
        try:
            body: Any = json.loads(value)
        except ValueError as error:
            return [f"no JSON: {error}"]
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]


def _time_faults(text: str) -> list[str]:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return [f"ce_time is no RFC 3339 time: {text}"]
    return [] if when.tzinfo is not None else ["ce_time has no offset"]
