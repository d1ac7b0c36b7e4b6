"""Creating the declared topics, and checking that they are what was declared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from shared.contracts.topics import TOPICS, Topic

DLQ_PARTITIONS = 1
DLQ_MAX_BYTES = 2_000_000  # the original record, however large, and the reason


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A topic that is not as declared."""

    topic: str
    problem: str
    is_missing: bool = False

    def __str__(self) -> str:
        return f"{self.topic}: {self.problem}"


class TopicAdmin:
    """Talks to the brokers with kafka-python's admin client (blocking). Use as a context manager."""

    def __init__(self, bootstrap: str) -> None:
        self._client = KafkaAdminClient(bootstrap_servers=bootstrap.split(","), request_timeout_ms=20_000)

    def __enter__(self) -> "TopicAdmin":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def apply(self, replication_factor: int, topics: Sequence[Topic] = TOPICS) -> list[str]:
        """Create what is missing, with its dead-letter topic. Returns the names that were created."""
        there = set(self._client.list_topics())
        wanted = _declared(topics)
        missing = {
            name: {**options, "replication_factor": replication_factor}
            for name, options in wanted.items()
            if name not in there
        }
        if missing:
            self._client.create_topics(missing, timeout_ms=30_000, wait_for_metadata=True)  # pyright: ignore[reportCallIssue]
        return sorted(missing)

    def check(self, topics: Sequence[Topic] = TOPICS) -> list[Mismatch]:
        """What is missing or differs from its declaration."""
        declared = _declared(topics)
        there = set(self._client.list_topics())
        mismatches = [
            Mismatch(name, "is missing; `meu topics apply` makes it", is_missing=True)
            for name in declared
            if name not in there
        ]
        present = [name for name in declared if name in there]
        if not present:
            return mismatches
        for found in self._client.describe_topics(present):
            name, count = found["name"], len(found["partitions"])
            wanted = declared[name]["num_partitions"]
            if count != wanted:
                mismatches.append(Mismatch(name, f"has {count} partitions, declared are {wanted}"))
        return mismatches + self._check_configs(present, declared)

    def _check_configs(self, names: Sequence[str], declared: dict[str, dict[str, Any]]) -> list[Mismatch]:
        resources = [ConfigResource(ConfigResourceType.TOPIC, name, None) for name in names]
        answer = self._client.describe_configs(resources, config_filter="all")  # pyright: ignore[reportCallIssue]
        mismatches: list[Mismatch] = []
        for name, configs in next(iter(answer.values())).items():
            for key, wanted in declared[name]["configs"].items():
                found = configs[key]["value"]
                if found != wanted:
                    mismatches.append(Mismatch(name, f"has {key}={found}, declared is {wanted}"))
        return mismatches


def _declared(topics: Sequence[Topic]) -> dict[str, dict[str, Any]]:
    """Partitions and settings by name, of the topics and of their dead-letter topics."""
    dlq_configs = {"retention.ms": "-1", "max.message.bytes": str(DLQ_MAX_BYTES)}
    declared: dict[str, dict[str, Any]] = {}
    for topic in topics:
        declared[topic.name] = {"num_partitions": topic.partitions, "configs": topic.config()}
        declared[topic.dlq] = {"num_partitions": DLQ_PARTITIONS, "configs": dlq_configs}
    return declared
