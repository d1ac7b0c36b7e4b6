"""The unit by which the way of an order is measured: a faust agent that hands on what it gets, and nothing else."""

import asyncio
import os
import tempfile
import time

import faust
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

IN, OUT = "bench.hop-in", "bench.hop-out"
WITHIN_S = 10.0


def build(bootstrap: str) -> faust.App:
    """The app, with the settings that the platform's streams have."""
    app = faust.App(
        "bench-hop",
        broker=[f"kafka://{bootstrap}"],
        autodiscover=False,
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        stream_wait_empty=True,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        producer_acks=-1,
        store="memory://",
        datadir=tempfile.mkdtemp(prefix="bench-hop-"),
        loghandlers=[],
    )
    source = app.topic(IN, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    sink = app.topic(OUT, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

    @app.agent(source)
    async def hand_on(stream: faust.Stream[bytes]) -> None:
        async for value in stream:
            await sink.send(value=value, partition=0)

    return app


async def hops(bootstrap: str, count: int) -> list[float]:
    """In the load process: seconds from producing a record until it is consumed behind the agent, one after another."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False)
    where = TopicPartition(OUT, 0)
    consumer.assign([where])
    await producer.start()
    await consumer.start()
    await consumer.seek_to_end(where)
    times: list[float] = []
    try:
        for number in range(count + 1):
            sent = time.perf_counter()
            await producer.send(IN, str(number).encode(), partition=0)
            await asyncio.wait_for(consumer.getone(), WITHIN_S)
            times.append(time.perf_counter() - sent)
    finally:
        await consumer.stop()
        await producer.stop()
    return times[1:]  # the first one meets connections that are not made yet


if __name__ == "__main__":
    faust.Worker(build(os.environ["KAFKA_BOOTSTRAP"]), loglevel="warning").execute_from_commandline()
