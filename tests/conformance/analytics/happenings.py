"""Happenings to keep: examples with what matters replaced, numbered as the log would number them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.analytics.application.ingest import INGESTED
from services.analytics.application.ports import Happening, History
from shared.contracts.base import Message
from shared.contracts.examples import example_of
from shared.contracts.topics import Topic

START = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
"""Midnight in Guangzhou."""
CITY, DISTRICT, STATION = "/440100", "/440100/440106", "/440100/440106/440106007"
OTHER_STATION = "/440100/440103/440103001"
_TOPICS = {message: topic for topic in INGESTED for message in topic.messages}


def after(seconds: float) -> datetime:
    """A moment, so many seconds after START."""
    return START + timedelta(seconds=seconds)


class Writer:
    """Writes happenings as a log would: one partition a topic, offsets from 0, a sequence for each subject."""

    def __init__(self) -> None:
        self.written: list[Happening] = []
        self._offsets: dict[str, int] = {}
        self._sequences: dict[str, int] = {}

    def write(self, message: type[Message], at: datetime = START, **values: Any) -> Happening:
        """An example of this type with these values. `at` is when it happened, if it is an event."""
        topic = _TOPICS[message]
        stamp = {"at": at} if "at" in message.model_fields else {}
        example = example_of(message).model_dump()
        body = message.model_validate({**example, **stamp, **values})
        return self._append(topic, message.ce_type(), str(getattr(body, topic.key)), at, body)

    def delete(self, topic: Topic, subject: str, at: datetime) -> Happening:
        """A tombstone."""
        return self._append(topic, topic.messages[0].ce_type(), subject, at, None)

    def repeat(self, happening: Happening) -> Happening:
        """The same event again, at the end of the log."""
        again = replace(happening, offset=self._next_offset(happening.topic))
        self.written.append(again)
        return again

    def _append(self, topic: Topic, kind: str, subject: str, at: datetime, body: Message | None) -> Happening:
        sequence = self._sequences[subject] = self._sequences.get(subject, 0) + 1
        event_id = f"{subject}-{sequence}"
        happening = Happening(topic.name, 0, self._next_offset(topic.name), event_id, subject, kind, sequence, at, body)
        self.written.append(happening)
        return happening

    def _next_offset(self, topic: str) -> int:
        offset = self._offsets.get(topic, -1) + 1
        self._offsets[topic] = offset
        return offset


async def keep(history: History, happenings: Sequence[Happening]) -> None:
    """Keep them all, repeats in batches of their own: what comes in one batch may be made one on the way in."""
    firsts = {(h.topic, h.event_id): h.offset for h in reversed(happenings)}
    first = [h for h in happenings if h.offset == firsts[h.topic, h.event_id]]
    repeated = [h for h in happenings if h.offset != firsts[h.topic, h.event_id]]
    for batch in (first, repeated):
        for topic in INGESTED:
            of_topic = [happening for happening in batch if happening.topic == topic.name]
            if of_topic:
                await history.keep(topic, of_topic)
