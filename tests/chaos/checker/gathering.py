"""Everything of a run, read at one moment."""

import asyncio
from pathlib import Path

from tests.chaos.checker.evidence import Evidence, LiveState
from tests.chaos.checker.log import Log, Place
from tests.chaos.checker.reading import run_directory
from tests.chaos.checker.reading.history_tables import history
from tests.chaos.checker.reading.kafka_log import kafka_log
from tests.chaos.checker.reading.redis_state import live_state

QUIET_WITHIN = 30
LOOK_AGAIN_S = 1.0
READ_WITHIN_S = 300.0


class NotAtRest(RuntimeError):
    """Events are still being published: what the stores hold cannot be compared with the log."""


async def gather(directory: Path, *, kafka: str, redis: str, history_folder: Path) -> Evidence:
    """Raises NotAtRest, and TimeoutError when Kafka and Redis are not read within five minutes."""
    injected = run_directory.injected(directory)
    async with asyncio.timeout(READ_WITHIN_S):
        log, live = await log_and_live_state(kafka, redis, {item.place: item.kind for item in injected})
    return Evidence(
        operations=run_directory.operations(directory),
        faults=run_directory.faults(directory),
        injected=injected,
        sink=run_directory.sink_calls(directory),
        lag=run_directory.lag_samples(directory),
        facts=run_directory.facts(directory),
        log=log,
        live=live,
        history=history(history_folder),
    )


async def log_and_live_state(kafka: str, redis: str, injected: dict[Place, str]) -> tuple[Log, LiveState]:
    """Of one moment: no event was published while Redis was read. Raises NotAtRest."""
    async with kafka_log(kafka) as reader:
        committed = await reader.committed()
        ends = await reader.event_ends()
        for _ in range(QUIET_WITHIN):
            live = await live_state(redis)
            before, ends = ends, await reader.event_ends()
            if before == ends:
                return await reader.read(ends, committed, injected), live
            await asyncio.sleep(LOOK_AGAIN_S)
            committed = await reader.committed()
            ends = await reader.event_ends()
    raise NotAtRest(f"events were published for {QUIET_WITHIN} s")
