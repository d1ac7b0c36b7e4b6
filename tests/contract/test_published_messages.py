"""What is published of each message: its schema and its example."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from shared.contracts.base import Message
from shared.contracts.envelope import Envelope, Undecodable, decode, decode_body, encode
from shared.contracts.generate import EXAMPLES, HERE, SCHEMAS, main, message_types
from shared.contracts.schemas_of import schema_id
from shared.contracts.topics import TOPICS, Topic
from shared.platform.clock import SystemClock
from shared.vocabulary.terms import OF_ADMINISTRATION, Role

MESSAGES = message_types()
CARRIED = [(topic, message) for topic in TOPICS for message in topic.messages]


def _read(folder: str, message: type[Message]) -> Any:
    return json.loads((HERE / folder / f"{message.ce_type()}.json").read_text("utf-8"))


def _validator(message: type[Message]) -> Draft202012Validator:
    return Draft202012Validator(_read(SCHEMAS, message), format_checker=Draft202012Validator.FORMAT_CHECKER)


def _name(value: Any) -> str:
    return value.name if isinstance(value, Topic) else value.ce_type()


def test_what_is_committed_is_what_the_models_say() -> None:
    assert main(["--check"]) == 0


@pytest.mark.parametrize("folder", [SCHEMAS, EXAMPLES])
def test_every_type_has_its_file_and_no_file_is_an_orphan(folder: str) -> None:
    assert {path.name for path in (HERE / folder).iterdir()} == {f"{message.ce_type()}.json" for message in MESSAGES}


def test_no_two_messages_share_a_type() -> None:
    assert len({message.ce_type() for message in MESSAGES}) == len(MESSAGES)


@pytest.mark.parametrize("message", MESSAGES, ids=_name)
def test_a_schema_is_valid_and_named_as_records_name_it(message: type[Message]) -> None:
    schema = _read(SCHEMAS, message)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == schema_id(message)


@pytest.mark.parametrize("message", MESSAGES, ids=_name)
def test_an_example_keeps_its_schema_and_its_model(message: type[Message]) -> None:
    example = _read(EXAMPLES, message)
    _validator(message).validate(example)
    assert message.model_validate(example).model_dump(mode="json") == example


@pytest.mark.parametrize("message", MESSAGES, ids=_name)
def test_a_schema_refuses_an_example_without_each_required_field(message: type[Message]) -> None:
    example, validator = _read(EXAMPLES, message), _validator(message)
    required = _read(SCHEMAS, message)["required"]
    assert required
    for field in required:
        assert not validator.is_valid({name: value for name, value in example.items() if name != field})


@pytest.mark.parametrize(("topic", "message"), CARRIED, ids=_name)
def test_an_example_travels_over_its_topic_unchanged(topic: Topic, message: type[Message]) -> None:
    body = message.model_validate(_read(EXAMPLES, message))
    sent = Envelope("id-1", "/test", message.ce_type(), "subject-1", SystemClock().now(), correlation_id="id-0")
    key, value, headers = encode(sent, body)
    received = decode(key, value, dict(headers))
    assert received.type == message.ce_type()
    assert decode_body(topic, received, value) == body


def test_personal_fields_are_marked_in_the_schema() -> None:
    text = _read(SCHEMAS, next(m for m in MESSAGES if m.__name__ == "DeliveryPlanned"))["properties"]["text"]
    assert text["x-personal"] is True


@pytest.mark.parametrize("role", OF_ADMINISTRATION)
def test_nobody_of_a_unit_or_station_holds_an_office_of_administration(role: Role) -> None:
    message = next(m for m in MESSAGES if m.__name__ == "Member")
    example = _read(EXAMPLES, message) | {"role": role.value}
    assert not _validator(message).is_valid(example)
    with pytest.raises(ValidationError):
        message.model_validate(example)


@pytest.mark.parametrize("header", ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time"])
def test_what_has_no_id_or_time_of_its_own_is_no_event(header: str) -> None:
    """Nobody makes one up: it would be another one each time the record is read."""
    sent = Envelope("id-1", "/test", "meu.checkin.member-checked-out.v1", "unit-1", SystemClock().now(), "id-0")
    key, value, headers = encode(sent, None)
    with pytest.raises(Undecodable, match=header):
        decode(key, value, {name: each for name, each in headers if name != header})
