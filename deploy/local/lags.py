"""How far consumer groups are behind, as the brokers know it."""

from collections.abc import Sequence
from typing import Any

from kafka.admin import KafkaAdminClient, OffsetSpec  # pyright: ignore[reportAttributeAccessIssue]
from kafka.structs import TopicPartition


def group_lags(bootstrap: str, groups: Sequence[str]) -> dict[tuple[str, str], int]:
    """Records not yet acknowledged, by (group, topic); of what a group has ever acknowledged. Blocks.

    Raises kafka-python's KafkaError when no broker answers.
    """
    if not groups:
        return {}
    admin: Any = KafkaAdminClient(bootstrap_servers=bootstrap.split(","), request_timeout_ms=20_000)
    try:
        committed: dict[str, dict[TopicPartition, Any]] = admin.list_group_offsets(list(groups))
        everything = {partition for offsets in committed.values() for partition in offsets}
        ends = admin.list_partition_offsets(dict.fromkeys(everything, OffsetSpec.LATEST))
    finally:
        admin.close()
    lags: dict[tuple[str, str], int] = {}
    for group, offsets in committed.items():
        for partition, offset in offsets.items():
            key = (group, partition.topic)
            lags[key] = lags.get(key, 0) + max(0, ends[partition].offset - offset.offset)
    return lags
