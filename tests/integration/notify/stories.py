"""What other services publish, told from the outside; and what notify published, read from the topic."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contracts.base import Message
from shared.contracts.delivery import DeliveryPlanned
from shared.contracts.duty import MemberCheckedIn
from shared.contracts.envelope import Envelope, decode, decode_body, encode
from shared.contracts.generate import EXAMPLES, HERE
from shared.contracts.registry import Member
from shared.contracts.topics import DELIVERIES, DUTY, INCIDENTS, MEMBERS, Topic
from shared.platform.clock import SystemClock, SystemIds
from shared.platform.producer import EventProducer

STATION_PATH = "/440100/440106/440106007"
now, new_id = SystemClock().now, SystemIds().new


def example(message: type[Message], **changes: Any) -> Any:
    """The published example with some fields changed."""
    body = json.loads((HERE / EXAMPLES / f"{message.ce_type()}.json").read_text("utf-8"))
    return message.model_validate({**body, **changes})


async def eventually(look: Callable[[], Awaitable[Any]], within_s: float = 40) -> Any:
    """What `look` finds as soon as it finds something."""
    async with asyncio.timeout(within_s):
        while not (found := await look()):
            await asyncio.sleep(0.1)
    return found


class Story:
    """One incident with one unit of its own, so that stories do not meet."""

    def __init__(self, producer: EventProducer) -> None:
        self._producer = producer
        self.incident_id = f"incident-{new_id()}"
        self.order_id = f"order-{new_id()}"
        self.unit_id = f"unit-{new_id()}"
        self.station_id = f"station-{new_id()}"

    async def member_on_duty(self, *channels: dict[str, str], **changes: Any) -> str:
        """A new member of the unit who has just checked in."""
        member_id = f"member-{new_id()}"
        common = {"member_id": member_id, "unit_id": self.unit_id, "station_id": self.station_id}
        await self.tell(MEMBERS, member_id, example(Member, **common, channels=channels, **changes))
        leases = {"at": now(), "until": now() + timedelta(hours=8)}
        await self.tell(DUTY, self.unit_id, example(MemberCheckedIn, **common, **leases))
        return member_id

    async def happens(self, kind: type[Message], at: datetime | None = None, **changes: Any) -> None:
        """An event of the incident."""
        fields = {"incident_id": self.incident_id, "station_id": self.station_id, "at": at or now(), **changes}
        if "order_id" in kind.model_fields:
            fields |= {"order_id": self.order_id, "assignee_id": self.unit_id} | changes
        await self.tell(INCIDENTS, self.incident_id, example(kind, **fields))

    async def tell(self, topic: Topic, subject: str, body: Message) -> None:
        event_id = new_id()
        envelope = Envelope(event_id, "/story", body.ce_type(), subject, now(), event_id)
        await self._producer.publish_one(topic.name, encode(envelope, body))

    async def deliveries(self, bootstrap: str) -> list[Any]:
        """Every delivery event of this incident, in the log's order within a delivery; repeats left out."""
        events = await events_of(bootstrap)
        return [event for event in events if event.incident_id == self.incident_id]


async def events_of(bootstrap: str) -> Sequence[Any]:
    """All of the delivery topic. Published twice counts once."""
    found: dict[str, Any] = {}
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest")
    await consumer.start()
    try:
        where = [TopicPartition(DELIVERIES.name, number) for number in range(DELIVERIES.partitions)]
        consumer.assign(where)
        ends = await consumer.end_offsets(where)
        await consumer.seek_to_beginning(*where)
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    envelope = decode(record.key, record.value, dict(record.headers))
                    found.setdefault(envelope.id, decode_body(DELIVERIES, envelope, record.value))
    finally:
        await consumer.stop()
    return list(found.values())


def planned(events: Sequence[Any], purpose: str) -> list[DeliveryPlanned]:
    return [event for event in events if isinstance(event, DeliveryPlanned) and event.purpose == purpose]
