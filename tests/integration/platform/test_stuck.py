"""A partition that Faust owns and never fetches is found out."""

import asyncio

from shared.platform.settings import PlatformSettings
from shared.platform.stuck import StuckWatch
from tests.fakes.tally import DECIDING
from tests.fakes.tally_worker import tally_worker


async def test_a_partition_that_was_left_paused_is_found(settings: PlatformSettings) -> None:
    worker = tally_worker(settings)
    await worker.start()
    watch = StuckWatch(settings.kafka_bootstrap, worker._groups)
    try:
        async with asyncio.timeout(60):
            while len(worker._ledgers[0][1].last_tick) < DECIDING.commands.partitions:
                assert await watch._look() == []
                await asyncio.sleep(0.1)
            consumer = next(iter(worker._groups.values()))._app.consumer
            consumer.pause_partitions(consumer.assignment())
            while not (stuck := await watch._look()):  # its own ticks are what it does not read
                await asyncio.sleep(0.05)
        assert {partition.topic for _, partition in stuck} == {DECIDING.commands.name}
        consumer.resume_partitions(consumer.assignment())
    finally:
        await watch.close()
        await worker.stop()
