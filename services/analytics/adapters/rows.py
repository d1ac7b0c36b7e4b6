"""Records as rows of the tables."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from services.analytics.adapters.schema import TABLES
from services.analytics.application.ports import Happening
from shared.contracts import delivery, duty
from shared.contracts.base import Message
from shared.contracts.topics import topic_named
from shared.vocabulary.terms import AttemptOutcome

Row = dict[str, Any]


def row_of(happening: Happening) -> Row:
    """The row of a record, by column; columns that are missing or None take the table's default."""
    body = happening.body
    table = TABLES[happening.topic]
    row: Row = {
        "event_id": happening.event_id,
        "kafka_partition": happening.partition,
        "kafka_offset": happening.offset,
        "type": happening.type,
        "at": moment(getattr(body, "at", happening.time)),
        "body": "" if body is None else body.model_dump_json(exclude=personal_fields(type(body))),
        topic_named(happening.topic).key: happening.subject,
    }
    if "sequence" in table.columns:
        row["sequence"] = happening.sequence
    if body is None:
        return row | {"deleted": True}
    copied = [name for name in ("station_id", "path", *table.columns) if hasattr(body, name)]
    return row | {name: _value(getattr(body, name)) for name in copied} | _derived(body)


def moment(time: datetime) -> str:
    """As ClickHouse reads a DateTime64(6, 'UTC') without any setting."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _value(value: Any) -> Any:
    return moment(value) if isinstance(value, datetime) else value


def _derived(body: Message) -> Row:
    """`member_ids`: to whom it is planned, or what the type says of: got it, has read it, will not get it."""
    match body:
        case duty.UnitDutyChanged():
            return {"members_on_duty": len(body.on_duty)}
        case delivery.DeliveryPlanned():
            return {"member_ids": [recipient.member_id for recipient in body.recipients]}
        case delivery.AttemptEnded():
            return {"member_ids": [r.member_id for r in body.results if r.outcome is AttemptOutcome.ACCEPTED]}
        case delivery.DeliveryAcknowledged() | delivery.RecipientUnreachable():
            return {"member_ids": [body.member_id]}
        case delivery.DeliveryExpired():
            return {"member_ids": list(body.unreached_ids)}
        case _:
            return {}


Excluded = dict[str, Any]
"""What pydantic's `exclude` takes."""


@lru_cache
def personal_fields(message: type[Message]) -> Excluded:
    """The fields of a message, at any depth, that the contract marks as personal: the history has no use for them."""
    schema = message.model_json_schema()
    return _personal(schema, schema.get("$defs", {}))


def _personal(node: dict[str, Any], parts: dict[str, Any]) -> Excluded:
    excluded: Excluded = {}
    for name, field in node.get("properties", {}).items():
        for form in (field, *field.get("anyOf", ())):
            if form.get("x-personal"):
                excluded[name] = True
            elif "$ref" in form or "items" in form:
                inner = _personal(parts.get(_part_name(form.get("items", form)), {}), parts)
                if inner:
                    excluded[name] = {"__all__": inner} if "items" in form else inner
    return excluded


def _part_name(form: dict[str, Any]) -> str:
    return form.get("$ref", "").removeprefix("#/$defs/")
