"""The live map of one API process: begun from Redis, then kept by the log alone."""

import asyncio
import gc
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from aiokafka import TopicPartition

from services.dispatch.adapters.log_follower import LogFollower, Offsets
from services.dispatch.adapters.map_beginning import MapBeginning, Mark
from services.dispatch.adapters.map_fold import MapFold
from services.dispatch.application.mapped_unit import to_ms
from services.dispatch.application.unit_map import UnitMap
from shared.contracts.topics import UNITS, Topic
from shared.platform.projection import StoreLost
from shared.ports import Clock

PUBLISH_EVERY_S: Final = 0.5

LookBack = Mapping[Topic, timedelta | None]
"""The topics that say what units do: what is older than so long says nothing any more. None: everything counts."""


class LiveMap:
    """Lets consoles see what is new twice a second at most."""

    def __init__(
        self,
        units: UnitMap,
        bootstrap: str,
        beginning: MapBeginning,
        look_back: LookBack,
        clock: Clock,
        *,
        rest_s: float,
    ) -> None:
        """`rest_s`: how long a unit that was at a scene is left alone, in seconds."""
        fold = MapFold(units, rest_s).fold
        self._units = units
        self._beginning = beginning
        self._look_back = look_back
        self._clock = clock
        self._registry = LogFollower(bootstrap, (UNITS,), fold)
        self._happenings = LogFollower(bootstrap, tuple(look_back), fold)
        self._publishing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Know everything that is known now, and follow what is said from now on, for ever.

        Raises KafkaError, RedisError or StoreLost (try again) while something is away.
        """
        mark = await self._beginning.mark()
        # Only now: what is folded by then is of units that the registry has told of.
        everything = dict.fromkeys(await self._registry.connect(), 0)
        self._registry.follow(everything)
        await self._registry.has_caught_up.wait()
        await self._beginning.read(self._units, self._now_ms())
        if not mark.has_lasted(await self._beginning.mark()):
            raise StoreLost("the unit directory was lost while it was read")
        await self._happenings.connect()
        self._happenings.follow(await self._start(mark))
        await self._happenings.has_caught_up.wait()
        while self._units.publish(self._now_ms()):  # noqa: ASYNC110 - each time lets others have their turn
            await asyncio.sleep(0)
        # What lives as long as the process is not looked through again and again: that held everybody up for 0.15 s.
        gc.collect()
        gc.freeze()
        self._units.is_complete = True
        self._publishing = asyncio.create_task(self._publish(), name="live-map")

    async def stop(self) -> None:
        """Follow no longer."""
        if self._publishing is not None:
            self._publishing.cancel()
            await asyncio.gather(self._publishing, return_exceptions=True)
        await self._registry.stop()
        await self._happenings.stop()

    async def check(self) -> str | None:
        """Readiness."""
        if self._publishing is None or self._publishing.done():
            return "not followed"
        return await self._registry.check() or await self._happenings.check()

    async def _start(self, mark: Mark) -> Offsets:
        """From where on the directory may not have folded yet."""
        start: dict[TopicPartition, int] = {}
        for topic, look_back in self._look_back.items():
            if look_back is not None:
                start |= await self._happenings.first_since(topic, self._clock.now() - look_back)
            else:
                start |= {TopicPartition(topic.name, n): 0 for n in range(topic.partitions)}
            start |= {TopicPartition(topic.name, n): offset + 1 for n, offset in mark.folded[topic.name].items()}
        return start

    async def _publish(self) -> None:
        while True:
            await asyncio.sleep(PUBLISH_EVERY_S)
            before = self._units.version
            self._units.publish(self._now_ms())
            if self._units.version != before:
                await self._units.wake_watchers()

    def _now_ms(self) -> int:
        return to_ms(self._clock.now())
