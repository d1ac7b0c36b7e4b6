"""Time is a record: whoever decides a partition writes a tick to it twice a second (docs/adr/0003)."""

import asyncio
from collections.abc import Callable, Collection

from aiokafka.errors import KafkaError

from shared.contracts.envelope import Envelope, encode
from shared.contracts.ticks import Tick
from shared.contracts.topics import Topic
from shared.platform.producer import EventProducer
from shared.platform.telemetry import get_logger
from shared.ports import Clock, Ids

_log = get_logger("ticks")


class Ticker:
    """Writes ticks to the partitions of one command topic that this worker owns. Others' ticks do no harm."""

    def __init__(
        self,
        topic: Topic,
        producer: EventProducer,
        clock: Clock,
        ids: Ids,
        *,
        worker_id: str,
        every_s: float,
        owned: Callable[[], Collection[int]],
    ) -> None:
        """`owned`: the partitions that this worker decides now."""
        self._topic = topic
        self._owned = owned
        self._producer = producer
        self._clock = clock
        self._ids = ids
        self._worker_id = worker_id
        self._every_s = every_s

    async def run(self) -> None:
        """Tick for ever; a broker that is away is waited for."""
        while True:
            try:
                await self._tick()
            except (KafkaError, TimeoutError) as error:
                _log.warning("tick-failed", topic=self._topic.name, reason=f"{type(error).__name__}: {error}")
            await asyncio.sleep(self._every_s)

    async def _tick(self) -> None:
        body = Tick(worker_id=self._worker_id)
        records = []
        for partition in self._owned():
            tick_id = self._ids.new()
            envelope = Envelope(
                id=tick_id,
                source=f"/workers/{self._worker_id}",
                type=body.ce_type(),
                subject=f"tick-{partition}",
                time=self._clock.now(),
                correlation_id=tick_id,
            )
            records.append((encode(envelope, body), partition))
        await self._producer.publish(self._topic.name, records)
