"""The history is fed without a gap and without keeping twice what it has."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from zoneinfo import ZoneInfo

import pytest

from services.analytics.application.ingest import Ingest
from services.analytics.application.ports import Happening
from shared.contracts import duty, incident
from shared.contracts.topics import DUTY, INCIDENTS, Topic
from tests.conformance.analytics.happenings import Writer
from tests.conformance.analytics.plain_history import PlainHistory


class ObservedHistory(PlainHistory):
    """Says in which order it was given what, and fails when told to."""

    def __init__(self) -> None:
        super().__init__(ZoneInfo("Asia/Shanghai"))
        self.given: list[int] = []
        self.failing = 0

    async def keep(self, topic: Topic, happenings: Sequence[Happening]) -> None:
        if self.failing:
            self.failing -= 1
            raise ConnectionError("away")
        await super().keep(topic, happenings)
        self.given += [happening.offset for happening in happenings]


class WrittenLog:
    """The log of what a writer wrote."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def after(self, topic: Topic, kept: Mapping[int, int]) -> AsyncIterator[Sequence[Happening]]:
        for happening in self._writer.written:
            if happening.topic == topic.name and happening.offset > kept.get(happening.partition, -1):
                yield [happening]


@pytest.fixture
def history() -> ObservedHistory:
    return ObservedHistory()


@pytest.fixture
def writer() -> Writer:
    writer = Writer()
    for number in range(6):
        writer.write(incident.IncidentReported, incident_id=f"i{number}")
    return writer


async def test_an_empty_history_is_filled_from_the_log(history: ObservedHistory, writer: Writer) -> None:
    ingest = Ingest(history, WrittenLog(writer))
    assert not ingest.is_caught_up
    assert await ingest.catch_up() == 6
    assert ingest.is_caught_up
    assert await history.kept(INCIDENTS) == {0: 5}


async def test_a_restored_history_gets_what_it_lacks_and_no_more(history: ObservedHistory, writer: Writer) -> None:
    await history.keep(INCIDENTS, writer.written[:4])
    assert await Ingest(history, WrittenLog(writer)).catch_up() == 2
    assert history.given == [0, 1, 2, 3, 4, 5]


async def test_the_stream_waits_until_the_gap_is_closed(history: ObservedHistory, writer: Writer) -> None:
    ingest = Ingest(history, WrittenLog(writer))
    streaming = asyncio.create_task(ingest.take(INCIDENTS, writer.written[4:]))
    for _ in range(5):
        await asyncio.sleep(0)
    assert history.given == []
    await ingest.catch_up()
    await streaming
    assert history.given == [0, 1, 2, 3, 4, 5]


async def test_what_is_kept_already_is_passed_over(history: ObservedHistory, writer: Writer) -> None:
    ingest = Ingest(history, WrittenLog(Writer()))
    await ingest.catch_up()
    await ingest.take(INCIDENTS, writer.written[:3])
    await ingest.take(INCIDENTS, writer.written)
    assert history.given == [0, 1, 2, 3, 4, 5]


async def test_topics_do_not_hide_one_another(history: ObservedHistory, writer: Writer) -> None:
    ingest = Ingest(history, WrittenLog(writer))
    await ingest.catch_up()
    written = writer.write(duty.MemberCheckedIn)
    await ingest.take(DUTY, [written])
    assert await history.kept(DUTY) == {0: 0}


async def test_what_could_not_be_kept_is_taken_again(history: ObservedHistory, writer: Writer) -> None:
    ingest = Ingest(history, WrittenLog(Writer()))
    await ingest.catch_up()
    history.failing = 1
    with pytest.raises(ConnectionError):
        await ingest.take(INCIDENTS, writer.written)
    await ingest.take(INCIDENTS, writer.written)
    assert history.given == [0, 1, 2, 3, 4, 5]


async def test_catching_up_goes_on_where_it_was_interrupted(history: ObservedHistory, writer: Writer) -> None:
    ingest = Ingest(history, WrittenLog(writer))
    history.failing = 1
    with pytest.raises(ConnectionError):
        await ingest.catch_up()
    assert not ingest.is_caught_up
    await ingest.catch_up()
    assert history.given == [0, 1, 2, 3, 4, 5]
