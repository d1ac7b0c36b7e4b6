"""The peers' own topics."""

from kafka.admin import KafkaAdminClient

from shared.contracts.topics import PARTITIONS


def make_topics(bootstrap: str, *names: str) -> None:
    """Topics with as many partitions as the system's."""
    client = KafkaAdminClient(bootstrap_servers=bootstrap.split(","), request_timeout_ms=20_000)
    try:
        wanted = {name: {"num_partitions": PARTITIONS, "replication_factor": 1} for name in names}
        client.create_topics(wanted, timeout_ms=30_000, wait_for_metadata=True)
    finally:
        client.close()
