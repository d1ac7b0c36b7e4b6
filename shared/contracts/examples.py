"""One example a message type, built from its model and the values in `example_values`."""

from typing import Any, get_args, get_origin

from shared.contracts.base import Body, Message
from shared.contracts.example_values import BY_FIELD, BY_MESSAGE_FIELD


class NoExampleValue(LookupError):
    """A field has no value for the examples yet: give it one in `shared/contracts/example_values.py`."""


def example_of(message: type[Message]) -> Message:
    """A valid message of this type, always the same. Raises NoExampleValue and pydantic's ValidationError."""
    return message.model_validate(_values(message))


def _values(body: type[Body]) -> dict[str, Any]:
    return {name: _value(body, name, field.annotation) for name, field in body.model_fields.items()}


def _value(body: type[Body], field: str, annotation: Any) -> Any:
    part = _part_of(annotation)
    if part is not None:
        return [_values(part)] if get_origin(annotation) is tuple else _values(part)
    own = f"{body.__name__}.{field}"
    if own not in BY_MESSAGE_FIELD and field not in BY_FIELD:
        raise NoExampleValue(own)
    return BY_MESSAGE_FIELD.get(own, BY_FIELD.get(field))


def _part_of(annotation: Any) -> type[Body] | None:
    """The message part that a field holds: itself, optionally, or as the items of a tuple."""
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, Body):
            return candidate
    return None
