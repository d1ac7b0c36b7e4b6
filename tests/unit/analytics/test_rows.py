"""Records as rows."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from services.analytics.adapters.rows import personal_fields, row_of
from services.analytics.adapters.schema import TABLES
from services.analytics.application.ingest import INGESTED
from services.analytics.application.ports import Happening
from shared.contracts import delivery, duty, incident, registry
from shared.contracts.base import Message
from shared.contracts.examples import example_of
from shared.contracts.generate import message_types
from shared.contracts.topics import UNITS, Topic

CARRIED = [(topic, message) for topic in INGESTED for message in topic.messages]
AT = datetime(2026, 3, 1, 18, 2, 14, 200_000, tzinfo=UTC)


def happening(topic: Topic, message: type[Message], body: Message | None) -> Happening:
    subject = str(getattr(body, topic.key, "subject-1"))
    return Happening(topic.name, 3, 17, "e-1", subject, message.ce_type(), 5, AT, body)


def _name(value: Any) -> str:
    return value.name if isinstance(value, Topic) else value.__name__


@pytest.mark.parametrize(("topic", "message"), CARRIED, ids=_name)
def test_every_record_has_a_row_with_columns_of_its_table(topic: Topic, message: type[Message]) -> None:
    table = TABLES[topic.name]
    body = example_of(message)
    row = row_of(happening(topic, message, body))
    common = {"event_id", "kafka_partition", "kafka_offset", "type", "at", "station_id", "path", "body"}
    assert set(row) <= {*table.columns, *common}
    assert (row["event_id"], row["kafka_partition"], row["kafka_offset"]) == ("e-1", 3, 17)
    assert row[topic.key] == getattr(body, topic.key)


def test_an_event_is_dated_when_it_happened_and_a_state_when_it_was_written() -> None:
    event, state = example_of(duty.UnitDutyChanged), example_of(registry.Unit)
    assert row_of(happening(INGESTED[2], type(event), event))["at"] == "2026-03-01 12:00:03.000000"
    assert row_of(happening(UNITS, type(state), state))["at"] == "2026-03-01 18:02:14.200000"


def test_a_tombstone_says_what_is_deleted() -> None:
    row = row_of(happening(UNITS, registry.Unit, None))
    assert (row["unit_id"], row["deleted"], row["body"]) == ("subject-1", True, "")


@pytest.mark.parametrize(
    ("message", "members"),
    [
        (delivery.DeliveryPlanned, ["member-0007"]),
        (delivery.AttemptEnded, ["member-0007"]),
        (delivery.DeliveryAcknowledged, ["member-0007"]),
        (delivery.RecipientUnreachable, ["member-0007"]),
        (delivery.DeliveryExpired, ["member-0012"]),
    ],
)
def test_a_delivery_event_names_whom_it_is_about(message: type[Message], members: list[str]) -> None:
    assert row_of(happening(INGESTED[4], message, example_of(message)))["member_ids"] == members


def test_only_who_was_accepted_got_it() -> None:
    ended = example_of(delivery.AttemptEnded).model_copy(
        update={"results": (delivery.Result(member_id="m", outcome="failed"),)}  # pyright: ignore[reportArgumentType]
    )
    assert row_of(happening(INGESTED[4], delivery.AttemptEnded, ended))["member_ids"] == []


def test_what_is_personal_is_known_at_any_depth() -> None:
    assert personal_fields(incident.IncidentReported) == {"description": True, "photo_url": True}
    assert personal_fields(delivery.DeliveryPlanned) == {
        "recipients": {"__all__": {"channels": {"__all__": {"address": True}}}},
        "text": True,
        "photo_url": True,
    }


@pytest.mark.parametrize(("topic", "message"), CARRIED, ids=_name)
def test_no_row_holds_what_is_personal(topic: Topic, message: type[Message]) -> None:
    body = json.loads(row_of(happening(topic, message, example_of(message)))["body"])
    assert not set(_marked(message)) & set(_names(body))
    assert _names(body)


def _marked(message: type[Message]) -> Iterator[str]:
    """The names of personal fields, found in the schema's text rather than by the code under test."""
    schema = message.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        for name, field in part.get("properties", {}).items():
            if "x-personal" in json.dumps({key: value for key, value in field.items() if key != "$defs"}):
                yield name


def _names(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [name for key, inner in value.items() for name in (key, *_names(inner))]
    return [name for inner in value for name in _names(inner)] if isinstance(value, list) else []


def test_some_messages_have_personal_fields() -> None:
    assert sum(1 for message in message_types() if personal_fields(message)) > 5
