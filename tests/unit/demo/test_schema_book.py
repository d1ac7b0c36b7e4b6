"""The outside check of a record finds what is wrong with it, and finds nothing wrong with the published examples."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from deploy.local.demo.schema_book import SCHEMAS, SchemaBook
from shared.contracts import incident
from shared.contracts.base import Message
from shared.contracts.envelope import Envelope, encode
from shared.contracts.topics import TOPICS

EXAMPLES = SCHEMAS.parent / "examples"
MESSAGES = sorted({message for topic in TOPICS for message in topic.messages}, key=lambda message: message.__name__)
Parts = tuple[bytes, bytes, dict[str, bytes]]


@pytest.fixture(scope="module")
def book() -> SchemaBook:
    return SchemaBook()


def record_of(message: type[Message]) -> Parts:
    body = message.model_validate_json((EXAMPLES / f"{message.ce_type()}.json").read_text())
    envelope = Envelope("id-1", "/test", message.ce_type(), "subject-1", datetime.now(UTC), "correlation-1")
    key, value, headers = encode(envelope, body)
    return key, value, dict(headers)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.__name__)
def test_every_published_example_can_be_relied_on(book: SchemaBook, message: type[Message]) -> None:
    assert book.faults(*record_of(message)) == []


def test_a_tombstone_needs_no_body(book: SchemaBook) -> None:
    key, _, headers = record_of(incident.OrderIssued)
    assert book.faults(key, None, headers) == []


def without(name: str) -> Callable[[Parts], Parts]:
    return lambda parts: (parts[0], parts[1], {key: value for key, value in parts[2].items() if key != name})


def with_header(name: str, value: bytes) -> Callable[[Parts], Parts]:
    return lambda parts: (parts[0], parts[1], {**parts[2], name: value})


def with_body(**changes: object) -> Callable[[Parts], Parts]:
    return lambda parts: (parts[0], json.dumps({**json.loads(parts[1]), **changes}).encode(), parts[2])


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (without("ce_id"), "ce_id is missing"),
        (without("ce_time"), "ce_time is missing"),
        (without("content-type"), "content-type"),
        (with_header("ce_specversion", b"0.3"), "ce_specversion"),
        (with_header("ce_time", b"yesterday"), "ce_time"),
        (with_header("ce_time", b"2026-03-01T18:02:14"), "no offset"),
        (with_header("ce_type", b"meu.dispatch.unheard-of.v1"), "no schema"),
        (with_header("ce_dataschema", b"urn:other"), "ce_dataschema"),
        (with_body(stage="three"), "$.stage"),
        (with_body(location={"lon": 213.0, "lat": 23.0}), "$.location.lon"),
        (lambda parts: (b"another", parts[1], parts[2]), "key"),
        (lambda parts: (parts[0], b"{", parts[2]), "no JSON"),
    ],
)
def test_what_is_wrong_is_named(book: SchemaBook, spoil: Callable[[Parts], Parts], fault: str) -> None:
    found = book.faults(*spoil(record_of(incident.OrderIssued)))
    assert any(fault in text for text in found)
