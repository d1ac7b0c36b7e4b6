"""`meu dlq list|show|replay`."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer
from kafka import KafkaConsumer, KafkaProducer
from kafka.structs import TopicPartition
from rich.markup import escape
from rich.table import Table

from deploy.local.cli import console, fail, running
from shared.contracts.topics import TOPICS

app = typer.Typer(no_args_is_help=True, help="Dead letters: what could not be processed, and why.")
TopicName = Annotated[str, typer.Argument(help="The source topic, without .dlq")]


@app.command("list")
def list_all() -> None:
    """Every dead letter: topic, offset, when, source, reason."""
    table = Table("topic", "offset", "consumer", "source", "reason")
    for topic in TOPICS:
        for record in _read(topic.dlq):
            headers = _headers(record)
            source = f"{headers.get('dlq_partition')}/{headers.get('dlq_offset')}"
            reason = "".join(headers.get("dlq_reason", "").splitlines()[:1])[:100]
            cells = (topic.name, str(record.offset), headers.get("dlq_consumer", ""), source, reason)
            table.add_row(*(escape(cell) for cell in cells))
    console.print(table if table.rows else "no dead letters")


@app.command()
def show(topic: TopicName, offset: int) -> None:
    """One dead letter, whole."""
    record = _one(topic, offset)
    for name, value in _headers(record).items():
        console.print(f"{name}: {value}", soft_wrap=True, markup=False)
    console.print(f"key: {record.key!r}", soft_wrap=True, markup=False)
    console.print((record.value or b"").decode(errors="backslashreplace"), soft_wrap=True, markup=False)


@app.command()
def replay(topic: TopicName, offset: int) -> None:
    """Publish a dead letter to its topic again, as it was; what was wrong must have been mended."""
    record = _one(topic, offset)
    headers = [(name, value) for name, value in record.headers if not name.startswith("dlq_")]
    producer = KafkaProducer(bootstrap_servers=running().kafka_bootstrap.split(","), acks="all")
    try:
        sent = producer.send(topic, record.value, key=record.key, headers=headers).get(timeout=30)
    finally:
        producer.close()
    console.print(f"published to {topic}/{sent.partition} at offset {sent.offset}")


def _one(topic: str, offset: int) -> Any:
    if topic not in {declared.name for declared in TOPICS}:
        fail(f"{topic} is no declared topic")
    found = next((record for record in _read(f"{topic}.dlq", offset) if record.offset == offset), None)
    return found if found is not None else fail(f"{topic}.dlq has no record at offset {offset}")


def _read(dlq: str, start: int = 0) -> Iterator[Any]:
    where = TopicPartition(dlq, 0)
    consumer: Any = KafkaConsumer(bootstrap_servers=running().kafka_bootstrap.split(","), enable_auto_commit=False)
    try:
        consumer.assign([where])
        end = consumer.end_offsets([where])[where]
        consumer.seek(where, min(start, end))
        while consumer.position(where) < end:
            for records in consumer.poll(timeout_ms=1000).values():
                yield from records
    finally:
        consumer.close()


def _headers(record: Any) -> dict[str, str]:
    return {name: value.decode(errors="replace") for name, value in record.headers}
