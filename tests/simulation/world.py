"""One seed's world: the log, Redis, the workers that come and go, time, and what is asked of the system."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from shared.contracts.base import Message
from shared.contracts.envelope import EncodedRecord, Envelope, encode
from shared.contracts.ticks import Tick
from shared.platform.clock import to_ms
from shared.platform.rules import Deciding
from tests.simulation.chronicle import Chronicle
from tests.simulation.consumer_group import Group
from tests.simulation.log import USED_PARTITIONS, Log
from tests.simulation.process import Process
from tests.simulation.redis import RedisMemory, Script
from tests.simulation.virtual_time import elapsed, now
from tests.simulation.weather import Weather
from tests.simulation.worker import Worker

SESSION_S = 4.0
"""A process that is silent for so long has left its groups."""
SNAPSHOTS_KEPT = 6
RESTS_S = 3.0
LONGEST_S = 4000.0
"""No story takes so long to be decided."""


class NeverAtRest(AssertionError):
    """Something is still going on long after it must have been decided."""


class Story(Protocol):
    """What a service is asked, and how its workers are made."""

    decidings: Mapping[str, Deciding[Any, Any, Any]]
    scripts: Mapping[str, Script]

    def install(self, worker: Worker) -> None:
        """Make a process one of the service's."""
        ...

    async def unfold(self) -> None:
        """Everything that people and systems do."""
        ...


@dataclass(frozen=True)
class Asked:
    """A command, whose sender wants to know what became of it."""

    ledger: str
    subject: str
    command_id: str
    record: EncodedRecord


@dataclass
class World:
    """`rng` decides everything; `weather` what goes wrong."""

    rng: Random
    chronicle: Chronicle
    weather: Weather = field(default_factory=Weather)
    log: Log = field(default_factory=Log)
    redis: RedisMemory = field(default_factory=RedisMemory)
    groups: dict[str, Group] = field(default_factory=dict[str, Group])
    asked: dict[str, Asked] = field(default_factory=dict[str, Asked])
    poisoned: list[tuple[str, int, int]] = field(default_factory=list[tuple[str, int, int]])
    pending: int = 0
    """How much people have in mind to do."""
    _workers: list[Worker] = field(default_factory=list[Worker])
    _names: int = 0

    async def play(self, story: Story) -> None:
        """From the first command until all is decided."""
        self._story = story
        for _ in range(self.rng.choice((2, 2, 3))):
            self._start_worker()
        background = [asyncio.create_task(task) for task in (self._coordinate(), self._tick(), self._lose_writes())]
        await story.unfold()
        background[1].cancel()
        self.weather.clear_up()
        for worker in self._workers:
            worker.process.thaw()
        await self.come_to_rest()
        for task in background:
            task.cancel()

    async def come_to_rest(self) -> None:
        """Let time run until nothing is left to do."""
        self.tick()
        calm = 0
        while calm < 3:
            if elapsed() > LONGEST_S:
                lags = {name: group.lag() for name, group in self.groups.items()}
                raise NeverAtRest(f"lag {lags}, {self.pending} pending, next due {self._next_due()}")
            wait = max(RESTS_S, (self._next_due() or 0) - to_ms(now()) / 1000)
            await asyncio.sleep(wait)
            calm = calm + 1 if self._is_at_rest() else 0
            if not calm:
                self.tick()
                await asyncio.sleep(RESTS_S)

    # What people do

    def submit(self, ledger: str, subject: str, body: Message, command_id: str) -> None:
        """Send a command as an API does, perhaps more than once under its id."""
        envelope = Envelope(command_id, "/test", body.ce_type(), subject, now(), command_id, reply_to="replies")
        record = encode(envelope, body)
        self.asked[command_id] = Asked(ledger, subject, command_id, record)
        self._append(ledger, record)
        if self.rng.random() < self.weather.repeat:
            self.later(self.rng.choice((0.0, 0.3, 5.0, 20.0)), lambda: self._append(ledger, record))
        if self.rng.random() < self.weather.poison:
            topic = self._story.decidings[ledger].commands.name
            self.chronicle.say("somebody", f"writes POISON to {topic}")
            poison = self.log.append(topic, (subject.encode(), b"{", [("ce_id", b"poison")]))
            self.poisoned.append((topic, poison.partition, poison.offset))

    def ask_again(self, asked: Asked) -> None:
        """The sender repeats its request."""
        self._append(asked.ledger, asked.record)

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Somebody has in mind to do something."""
        self.pending += 1

        def then() -> None:
            self.pending -= 1
            do()

        asyncio.get_running_loop().call_later(seconds, then)

    def tick(self) -> None:
        """Time, as a record."""
        body = Tick(worker_id="w")
        for deciding in self._story.decidings.values():
            for partition in USED_PARTITIONS:
                subject = f"tick-{partition}"
                tick_id = f"{subject}-{elapsed():.3f}"
                envelope = Envelope(tick_id, "/workers/w", body.ce_type(), subject, now(), tick_id)
                self.log.append(deciding.commands.name, encode(envelope, body), partition)

    def _append(self, ledger: str, record: EncodedRecord) -> None:
        written = self.log.append(self._story.decidings[ledger].commands.name, record)
        kind = written.headers["ce_type"].decode().split(".")[2]
        self.chronicle.say("somebody", f"{kind} {record[0].decode()} at {written.partition}/{written.offset}")

    # What goes on by itself

    def _start_worker(self) -> None:
        self._names += 1
        process = Process(f"worker-{self._names}", self.weather, self.rng, self.chronicle)
        worker = Worker(process, self.log, self.redis, self.groups, self._story.scripts)
        self._story.install(worker)
        self._workers.append(worker)

    async def _coordinate(self) -> None:
        """Processes that are away too long lose their partitions; dead ones are started anew."""
        known: list[Process] = []
        while True:
            for worker in [w for w in self._workers if not w.process.alive and self._has_been_silent(w, SESSION_S)]:
                self._workers.remove(worker)
                self._start_worker()
            there = [w.process for w in self._workers if not self._has_been_silent(w, SESSION_S)]
            if there != known or self.rng.random() < self.weather.rebalance:
                known = there
                for group in self.groups.values():
                    group.rebalance(there, self.rng)
                self.chronicle.say("group", f"partitions dealt out among {', '.join(p.name for p in there)}")
            await asyncio.sleep(1.0)

    def _has_been_silent(self, worker: Worker, seconds: float) -> bool:
        since = worker.process.silent_since
        return since is not None and elapsed() - since > seconds

    async def _tick(self) -> None:
        while True:
            self.tick()
            await asyncio.sleep(self.rng.uniform(0.5, 4.0))

    async def _lose_writes(self) -> None:
        snapshots: list[Any] = []
        while True:
            await asyncio.sleep(self.rng.uniform(0, 2.0))
            chance = self.rng.random()
            if chance < self.weather.redis_emptied:
                self.redis.empty()
                self.chronicle.say("redis", "EMPTIED")
                self.chronicle.count("redis emptied")
            elif snapshots and chance < self.weather.redis_emptied + self.weather.redis_rewound:
                self.redis.restore(self.rng.choice(snapshots))
                self.chronicle.say("redis", "REWOUND")
                self.chronicle.count("redis rewound")
            if self.weather.redis_rewound:
                snapshots = [*snapshots, self.redis.snapshot()][-SNAPSHOTS_KEPT:]

    def _next_due(self) -> float | None:
        dues = (
            due
            for memory in self.redis.ledgers.values()
            for kept in memory.partitions.values()
            for due in kept["due"].values()
        )
        first = min(dues, default=None)
        return None if first is None else first / 1000

    def _is_at_rest(self) -> bool:
        return not self.pending and self._next_due() is None and not any(g.lag() for g in self.groups.values())
