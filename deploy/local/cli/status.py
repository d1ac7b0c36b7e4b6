"""`meu status` and `meu rebuild`."""

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast

import redis
from kafka.admin import KafkaAdminClient, OffsetSpec  # pyright: ignore[reportAttributeAccessIssue]
from kafka.structs import TopicPartition
from rich.table import Table

from deploy.local.cli import console, running
from deploy.local.lags import group_lags
from shared.contracts.topics import TOPICS
from shared.platform.clock import SystemClock
from shared.platform.worker import WORKERS_KEY

GONE_AFTER = timedelta(seconds=15)


class Service(StrEnum):
    """Whose live state can be rebuilt."""

    CHECKIN = "checkin"
    DISPATCH = "dispatch"
    NOTIFY = "notify"


def status() -> None:
    """Each worker: owned partitions, lag, age of the last tick; and the dead letters of each topic."""
    where = running()
    with redis.Redis.from_url(where.redis_url) as client:
        beats = [json.loads(beat) for beat in cast("dict[bytes, bytes]", client.hgetall(WORKERS_KEY)).values()]
    now = SystemClock().now()
    alive = [beat for beat in beats if now - datetime.fromisoformat(beat["at"]) < GONE_AFTER]
    groups = sorted({group for beat in alive for group in beat["groups"]})
    console.print(_workers(alive, group_lags(where.kafka_bootstrap, groups), now))
    admin: Any = KafkaAdminClient(bootstrap_servers=where.kafka_bootstrap.split(","))
    try:
        console.print(_dead_letters(admin))
    finally:
        admin.close()


def rebuild(service: Service) -> None:
    """Drop a service's live state from Redis; its workers fold it again from Kafka at once."""
    dropped = 0
    with redis.Redis.from_url(running().redis_url) as client:
        for key in client.scan_iter(match=f"{{{service.value}*", count=1000):
            dropped += client.unlink(key)
    console.print(f"{dropped} keys dropped; `meu status` shows the workers catching up")


def _workers(beats: list[dict[str, Any]], lags: dict[tuple[str, str], int], now: datetime) -> Table:
    table = Table("worker", "group", "topic", "partitions", "lag", "last tick", "metrics", title="Workers")
    for beat in sorted(beats, key=lambda beat: beat["worker"]):
        for group, owned in sorted(beat["groups"].items()):
            for topic, partitions in sorted(owned.items()):
                ticks = [at for key, at in beat["last_tick"].items() if key.rsplit("/", 1)[0] == topic]
                ages = [(now - datetime.fromisoformat(at)).total_seconds() for at in ticks]
                table.add_row(
                    beat["worker"],
                    group,
                    topic,
                    str(len(partitions)),
                    str(lags.get((group, topic), "?")),
                    f"{max(ages):.1f} s" if ages else "",
                    f":{beat['http_port']}/metrics" if beat.get("http_port") else "",
                )
    return table


def _dead_letters(admin: Any) -> Table:
    partitions = [TopicPartition(topic.dlq, 0) for topic in TOPICS]
    begins = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
    ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
    table = Table("dead letters of", "count", title="Dead letters")
    for partition in sorted(partitions):
        count = ends[partition].offset - begins[partition].offset
        if count:
            table.add_row(partition.topic.removesuffix(".dlq"), str(count))
    if not table.rows:
        table.add_row("none", "0")
    return table
