"""CloudEvents 1.0 in Kafka binary mode: attributes in `ce_*` headers, the body as the record's value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.base import Format
from cloudevents.core.v1.event import CloudEvent
from pydantic import ValidationError

from shared.contracts.base import Message
from shared.contracts.topics import Topic


class Undecodable(ValueError):
    """The record is no CloudEvent of its topic. The text says why, for the dead-letter record."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The source record that an event was decided from."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"

    @classmethod
    def parse(cls, text: str) -> "Origin":
        topic, partition, offset = text.rsplit("/", 2)
        return cls(topic, int(partition), int(offset))


@dataclass(frozen=True, slots=True)
class Envelope:
    """The attributes of one record. `subject` is the aggregate's id and the record's key.

    `sequence` counts an aggregate's events from 1; `part` is (i, n): the i-th of the n events of `origin`.
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    correlation_id: str
    causation_id: str | None = None
    sequence: int | None = None
    drill: bool = False
    origin: Origin | None = None
    part: tuple[int, int] = (1, 1)
    reply_to: str | None = None
    trace_parent: str | None = None


class _RawJson(Format):
    """Bodies are already bytes of JSON: pydantic reads and writes them."""

    def write(self, event: BaseCloudEvent) -> bytes:
        raise NotImplementedError("binary mode only")

    def read(self, event_factory: Any, data: str | bytes) -> BaseCloudEvent:
        raise NotImplementedError("binary mode only")

    def write_data(self, data: Any, datacontenttype: str | None) -> bytes:
        return data

    def read_data(self, body: bytes, datacontenttype: str | None) -> bytes:
        return body

    def get_content_type(self) -> str:
        return "application/json"


_RAW = _RawJson()
EncodedRecord = tuple[bytes, bytes | None, list[tuple[str, bytes]]]
"""Key, value and headers, as every Kafka client takes them."""


def encode(envelope: Envelope, body: Message | None) -> EncodedRecord:
    """The record of `body` under `envelope`; without a body it is a tombstone: what it is about is deleted."""
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": envelope.id,
        "source": envelope.source,
        "type": envelope.type,
        "subject": envelope.subject,
        "time": envelope.time,
        "datacontenttype": "application/json",
        "dataschema": f"urn:meu:schema:{envelope.type}",
        "partitionkey": envelope.subject,
        "correlationid": envelope.correlation_id,
        "part": f"{envelope.part[0]}/{envelope.part[1]}",
    }
    optional = {
        "causationid": envelope.causation_id,
        "sequence": None if envelope.sequence is None else str(envelope.sequence),
        "drill": "true" if envelope.drill else None,
        "origin": None if envelope.origin is None else str(envelope.origin),
        "replyto": envelope.reply_to,
        "traceparent": envelope.trace_parent,
    }
    attributes.update({name: value for name, value in optional.items() if value is not None})
    value = None if body is None else body.model_dump_json().encode()
    message = to_binary(CloudEvent(attributes, value or b""), _RAW)
    return envelope.subject.encode(), value, list(message.headers.items())


_REQUIRED = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time")
"""The library makes up an id, a time and a version where there is none: another each time the record is read."""


def decode(key: bytes | None, value: bytes | None, headers: Mapping[str, bytes]) -> Envelope:
    """The envelope of a record. Raises Undecodable."""
    missing = [name for name in _REQUIRED if name not in headers]
    if missing:
        raise Undecodable(f"no CloudEvent: without {', '.join(missing)}")
    try:
        event = from_binary(KafkaMessage(dict(headers), key, value or b""), _RAW)
        subject, time = cast("str", event.get_subject()), cast("datetime", event.get_time())
        sequence, origin = event.get_extension("sequence"), event.get_extension("origin")
        part, parts = (event.get_extension("part") or "1/1").split("/")
        return Envelope(
            id=event.get_id(),
            source=event.get_source(),
            type=event.get_type(),
            subject=subject,
            time=time,
            correlation_id=event.get_extension("correlationid") or event.get_id(),
            causation_id=event.get_extension("causationid"),
            sequence=None if sequence is None else int(sequence),
            drill=event.get_extension("drill") == "true",
            origin=None if origin is None else Origin.parse(origin),
            part=(int(part), int(parts)),
            reply_to=event.get_extension("replyto"),
            trace_parent=event.get_extension("traceparent"),
        )
    except Exception as error:  # the library raises its own exception groups for each missing attribute
        raise Undecodable(f"no CloudEvent: {error}") from error


def decode_body(topic: Topic, envelope: Envelope, value: bytes | None) -> Message:
    """The validated body of a record of `topic`. Raises Undecodable."""
    message_type = _TYPES.get((topic.name, envelope.type)) or _index(topic).get(envelope.type)
    if message_type is None:
        raise Undecodable(f"{topic.name} has no messages of type {envelope.type}")
    try:
        return message_type.model_validate_json(value or b"")
    except ValidationError as error:
        raise Undecodable(f"{envelope.type}: {error}") from error


_TYPES: dict[tuple[str, str], type[Message]] = {}


def _index(topic: Topic) -> dict[str, type[Message]]:
    by_type = {message.ce_type(): message for message in topic.messages}
    _TYPES.update({(topic.name, name): message for name, message in by_type.items()})
    return by_type
