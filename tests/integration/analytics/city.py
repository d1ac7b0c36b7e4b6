"""Publishes what happens in a city, as the services that own the topics would."""

from services.analytics.application.ports import Happening
from shared.contracts import duty, incident, registry
from shared.contracts.base import Message
from shared.contracts.envelope import EncodedRecord, Envelope, encode
from shared.platform.producer import EventProducer
from tests.conformance.analytics.happenings import Writer, after


class City:
    """A writer whose happenings lie under one path of their own and go to the log."""

    def __init__(self, path: str, producer: EventProducer) -> None:
        self.path = path
        self._writer = Writer()
        self._producer = producer

    def id(self, name: str | int) -> str:
        """An id that no other city has."""
        return f"{self.path.strip('/')}-{name}"

    async def on_duty(self) -> None:
        """A unit is registered, and on duty for the first quarter of the day."""
        station, unit = self.id("station"), self.id("unit")
        await self.happens(registry.Station, -86_400, station_id=station)
        await self.happens(registry.Unit, -86_400, unit_id=unit, station_id=station)
        await self.happens(duty.UnitDutyChanged, 0, unit_id=unit, state="on", until=after(6 * 3600))

    async def incidents(self, first: int, count: int) -> None:
        """So many incidents, in each of which somebody arrives in time."""
        for number in range(first, first + count):
            of_it = {"incident_id": self.id(number), "order_id": self.id(f"order-{number}")}
            await self.happens(incident.IncidentReported, 60, **of_it)
            await self.happens(incident.OrderIssued, 61, **of_it)
            await self.happens(incident.AssigneeArrived, 161, **of_it, after_s=101.0, order_after_s=100.0)
            await self.happens(incident.StageAttained, 161, **of_it, stage=3, in_time=True)

    async def happens(self, message: type[Message], at_s: float, **values: object) -> None:
        """Publish one thing, durable on return."""
        happening = self._writer.write(message, after(at_s), **{"path": self.path, **values})
        await self._producer.publish_one(happening.topic, record(happening))

    async def repeats(self) -> None:
        """The producers publish everything once more, byte for byte."""
        for happening in self._writer.written:
            await self._producer.publish_one(happening.topic, record(happening))

    async def says_nonsense(self, topic: str) -> None:
        """Something that is no event of the topic."""
        await self._producer.publish_raw(topic, self.id("nonsense").encode(), b"nonsense", [])


def record(happening: Happening) -> EncodedRecord:
    """The record that a happening is published as."""
    envelope = Envelope(
        id=happening.event_id,
        source="/test",
        type=happening.type,
        subject=happening.subject,
        time=happening.time,
        correlation_id="test",
        sequence=happening.sequence,
    )
    return encode(envelope, happening.body)
