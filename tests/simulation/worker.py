"""One worker process of a service, composed as its bootstrap composes it, on simulated clients."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from aiokafka.errors import KafkaError
from redis.exceptions import RedisError

from shared.contracts.topics import Topic
from shared.platform import projection
from shared.platform.dead_letters import DeadLetters
from shared.platform.ledger import Ledger
from shared.platform.projection import Projection, Projector
from shared.platform.recovery import Recovery
from shared.platform.rules import Deciding
from shared.platform.stream import Afterwards, Consumption, Handle
from tests.simulation.consumer_group import Group, Member
from tests.simulation.kafka import Producer, Reader
from tests.simulation.log import Log
from tests.simulation.process import Process
from tests.simulation.redis import Client, RedisMemory, Script, Store, move_markers, see_markers

MEND_EVERY_S = 2.0


class Worker:
    """What every process of a service has. A story's `install` says what it does with it."""

    def __init__(
        self, process: Process, log: Log, redis: RedisMemory, groups: dict[str, Group], scripts: Mapping[str, Script]
    ) -> None:
        self.process = process
        self.producer = cast("Any", Producer(log, process))
        self.reader = cast("Any", Reader(log, process))
        markers = {projection.SEE: see_markers, projection.MARK: move_markers}
        self.redis = cast("Any", Client(redis.keys, process, {**scripts, **markers}))
        self.dead_letters = DeadLetters(self.producer, process.name)
        self._log = log
        self._memory = redis
        self._groups = groups
        self._mending: list[Callable[[], Awaitable[None]]] = []
        self.every(MEND_EVERY_S, self._mend)

    def store(self, name: str) -> Any:
        """A ledger's live state."""
        return Store(self._memory, name, self.process)

    def decide(self, name: str, deciding: Deciding[Any, Any, Any]) -> None:
        """Decide the commands of one topic."""
        store = self.store(name)
        recovery = Recovery(store, self.reader, deciding.events)
        ledger = Ledger(
            deciding, store=store, producer=self.producer, dead_letters=self.dead_letters, recovery=recovery
        )
        member = self.consume(f"{name}.decide", deciding.commands, ledger.handle)

        async def forget() -> None:
            ledger.forget_assignment(member.owned())

        self._mending.append(forget)

    def project(
        self, name: str, topic: Topic, fold: Projection, group: str, afterwards: Afterwards | None = None
    ) -> None:
        """Keep a projection, mended now and then."""
        projector = Projector(
            name,
            topic,
            fold,
            redis=self.redis,
            reader=self.reader,
            dead_letters=self.dead_letters,
            clock=self.process,
        )
        member = self.consume(group, topic, projector.handle, afterwards)

        async def mend() -> None:
            projector.forget_assignment(member.owned())
            await projector.mend(member.owned())

        self._mending.append(mend)

    def consume(self, group: str, topic: Topic, handle: Handle, afterwards: Afterwards | None = None) -> Member:
        """Handle what a group brings."""
        if group not in self._groups:
            self._groups[group] = Group(group, topic.name, self._log)
        consumption = Consumption(topic.name, handle, self.dead_letters.bury, afterwards)
        return Member(self._groups[group], self.process, consumption)

    def every(self, seconds: float, do: Callable[[], Awaitable[None]]) -> None:
        """Do something for ever; what is away then is tried again the next time."""

        async def for_ever() -> None:
            while True:
                await asyncio.sleep(seconds)
                try:
                    await do()
                except (RedisError, KafkaError, OSError):
                    continue

        self.process.start(for_ever())

    async def _mend(self) -> None:
        """One after another, as a worker does; what one of them misses does not keep the others from it."""
        for mend in self._mending:
            try:
                await mend()
            except (RedisError, KafkaError, OSError):
                continue
