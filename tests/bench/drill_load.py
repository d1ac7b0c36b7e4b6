"""Everybody of a city in notify's own store, and the messages of a drill without the system. In the load process."""

import json
import time
from collections.abc import Iterator, Sequence
from itertools import islice

from aiokafka import AIOKafkaProducer
from redis.asyncio import Redis

from services.notify.adapters.redis_people import DutyProjection, MemberProjection
from shared.platform.clock import SystemClock
from shared.platform.records import Received, Record
from tests.bench.city import OnDuty, Told, checked_in, envelope_of, member_states, publish, station_states
from tests.bench.load import run

TOPIC = "bench.messages"
SCOPE = "notify:"
AT_ONCE = 2000


def fill(redis_url: str, bootstrap: str, city: Sequence[OnDuty]) -> int:
    """The stations on their topic; members and who is on duty as notify's projections keep them; how many people.

    By way of the topics this would take minutes, and it is not what is measured.
    """
    return run(_fill(redis_url, bootstrap, city))


def produce_only(bootstrap: str, city: Sequence[OnDuty], text: str) -> float:
    """A record for everybody with what the inbox would show, acks=all; seconds."""
    return run(_produce(bootstrap, city, text))


async def _fill(redis_url: str, bootstrap: str, city: Sequence[OnDuty]) -> int:
    await publish(bootstrap, station_states())
    redis = Redis.from_url(redis_url)
    now = SystemClock().now()
    members, duty = MemberProjection(redis, SCOPE), DutyProjection(redis, SCOPE)
    told = (one for unit in city for one in member_states(unit))
    came = (one for unit in city for one in checked_in(unit, now))
    count = 0
    for projection, records in ((members, told), (duty, came)):
        while some := [_received(one) for one in islice(records, AT_ONCE)]:
            await projection.apply(some)
            count += len(some)
    await redis.aclose()
    return count // 2


async def _produce(bootstrap: str, city: Sequence[OnDuty], text: str) -> float:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5, max_batch_size=262_144)
    await producer.start()
    started = time.perf_counter()
    try:
        for member_id, message in _messages(city, text):
            await producer.send(TOPIC, message, key=member_id.encode())
        await producer.flush()
        return time.perf_counter() - started
    finally:
        await producer.stop()


def _messages(city: Sequence[OnDuty], text: str) -> Iterator[tuple[str, bytes]]:
    for unit in city:
        for member_id in unit.members:
            item = {"id": f"d-{unit.unit_id}", "member_id": member_id, "purpose": "broadcast", "text": text}
            yield member_id, json.dumps({**item, "drill": True, "actions": []}).encode()


def _received(told: Told) -> Received:
    topic, subject, body, _ = told
    now = SystemClock().now()
    record = Record(topic.name, 0, 0, now, subject.encode(), None, {})
    return Received(record, envelope_of(told, now), body)
