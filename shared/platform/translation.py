"""Between the domain's dataclasses and the published messages: same name, same fields, same JSON."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from shared.contracts.base import Message
from shared.contracts.topics import Topic

T = TypeVar("T")


@dataclass(frozen=True)
class Translation(Generic[T]):
    """Translates the messages of one topic that have a domain class of their name."""

    topic: Topic
    domain_types: tuple[type[Any], ...]

    @cached_property
    def _contracts(self) -> dict[str, type[Message]]:
        return {message.__name__: message for message in self.topic.messages}

    @cached_property
    def _adapters(self) -> dict[str, TypeAdapter[Any]]:
        return {domain_type.__name__: TypeAdapter(domain_type) for domain_type in self.domain_types}

    def to_domain(self, body: Message) -> T:
        """The domain's form of a published message; KeyError when the domain has none of that name."""
        name = type(body).__name__
        return self._adapters[name].validate_python(body.model_dump())

    def to_contract(self, value: Any) -> Message:
        """The published form of a domain message. A ValidationError here is a fault of the domain."""
        name = type(value).__name__
        return self._contracts[name].model_validate(self._adapters[name].dump_python(value))
