"""Kafka's records, decoded by hand: CloudEvents 1.0 in binary mode."""

import json
from collections.abc import Iterator, Sequence
from sys import intern

from aiokafka import ConsumerRecord

from tests.chaos.checker.log import TICK, UNDECODABLE, DeadLetter, Place, Record, fix_key
from tests.chaos.checker.times import moment

Bytes = ConsumerRecord[bytes | None, bytes | None]


def record_of(raw: Bytes) -> Record:
    """The record; of kind UNDECODABLE when it is no CloudEvent. A tick's body is left out: there are many."""
    place = Place(intern(raw.topic), raw.partition, raw.offset)
    try:
        headers = {name: value.decode() for name, value in raw.headers}
        kind = headers["ce_type"].split(".")[2]
        part, parts = headers.get("ce_part", "1/1").split("/")
        return Record(
            place=place,
            timestamp_ms=raw.timestamp,
            kind=intern(kind),
            id=headers["ce_id"],
            subject=intern(headers["ce_subject"]),
            value=None if kind == TICK else raw.value,
            sequence=int(headers.get("ce_sequence", 0)),
            causation=headers.get("ce_causationid", ""),
            origin=_origin(headers.get("ce_origin")),
            part=(int(part), int(parts)),
        )
    except (KeyError, IndexError, ValueError):
        return Record(place, raw.timestamp, UNDECODABLE, "", "", raw.value)


def fixes_of(raw: Bytes) -> Iterator[int]:
    """The `fix_key` of each position in a batch; nothing of what is no batch."""
    try:
        for fix in json.loads(raw.value or b"{}")["fixes"]:
            yield fix_key(fix["unit_id"], fix["member_id"], moment(fix["time"]))
    except (KeyError, TypeError, ValueError):
        return


def dead_letter_of(raw: Bytes) -> DeadLetter:
    """A dead letter. The headers of what it holds may be anything; its own are named `dlq_…`."""
    own = {name: value.decode(errors="replace") for name, value in raw.headers if name.startswith("dlq_")}
    source = None
    if {"dlq_topic", "dlq_partition", "dlq_offset"} <= own.keys():
        source = Place(own["dlq_topic"], int(own["dlq_partition"]), int(own["dlq_offset"]))
    place = Place(raw.topic, raw.partition, raw.offset)
    return DeadLetter(place, source, own.get("dlq_reason", ""), own.get("dlq_consumer", ""))


def in_order(records: Sequence[Record]) -> list[Record]:
    """By partition and offset."""
    return sorted(records, key=lambda record: record.place)


def _origin(text: str | None) -> Place | None:
    if text is None:
        return None
    topic, partition, offset = text.rsplit("/", 2)
    return Place(intern(topic), int(partition), int(offset))
