"""JSON Schemas (2020-12) of the message models."""

from collections.abc import Iterable
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from shared.contracts.base import Message

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _WithoutFieldTitles(GenerateJsonSchema):
    """Pydantic's titles only repeat the fields' names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


_MODE: JsonSchemaMode = "validation"  # what a reader takes: a field with a default may be missing


def schema_id(message: type[Message]) -> str:
    """The `$id`, and the `ce_dataschema` of every record of this type."""
    return f"urn:meu:schema:{message.ce_type()}"


def json_schema(message: type[Message]) -> dict[str, Any]:
    """The schema of one message type, complete in itself."""
    schema = message.model_json_schema(schema_generator=_WithoutFieldTitles, mode=_MODE)
    return {"$schema": DIALECT, "$id": schema_id(message), **schema}


def shared_schemas(messages: Iterable[type[Message]]) -> dict[str, Any]:
    """The schemas of these messages and of their parts by class name, for `#/components/schemas/`."""
    _, document = models_json_schema(
        [(message, _MODE) for message in messages],
        schema_generator=_WithoutFieldTitles,
        ref_template="#/components/schemas/{model}",
    )
    return document["$defs"]
