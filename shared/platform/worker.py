"""A worker process: its streams, ticks, projections and background tasks, with health and a heartbeat."""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import uvicorn
from aiokafka.errors import KafkaError
from kafka.errors import KafkaError as KafkaClientError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.contracts.topics import Topic
from shared.platform.clock import SystemClock, SystemIds
from shared.platform.dead_letters import DeadLetters
from shared.platform.lag import LagWatch
from shared.platform.ledger import Ledger
from shared.platform.log_reader import LogReader
from shared.platform.producer import EventProducer
from shared.platform.projection import Projector
from shared.platform.settings import EX_CONFIG, PlatformSettings
from shared.platform.stream import CRASHED, Afterwards, Handle, StreamGroup
from shared.platform.stuck import StuckWatch
from shared.platform.telemetry import get_logger
from shared.platform.ticks import Ticker
from shared.platform.topic_admin import TopicAdmin
from shared.platform.waiting import AWAY
from shared.platform.web.health import Check, health_app

WORKERS_KEY = "meu:workers"
HEARTBEAT_S = 2.0
MEND_EVERY_S = 1.0
TICK_OLD_S = 10.0

_log = get_logger("worker")


class Worker:
    """Composed by a service's bootstrap, then `run` until SIGTERM."""

    def __init__(self, name: str, settings: PlatformSettings) -> None:
        """`name` is the service's, with its lane if it has one; it prefixes the consumer groups."""
        self.name = name
        self.settings = settings
        self.clock = SystemClock()
        self.ids = SystemIds()
        self.worker_id = f"{name}-{self.ids.new()[-8:]}"
        self.redis: Redis = Redis.from_url(settings.redis_url)
        self.producer = EventProducer(settings.kafka_bootstrap)
        self.dead_letters = DeadLetters(self.producer, name)
        self._groups: dict[str, StreamGroup] = {}
        self._topics: list[Topic] = []
        self._ledgers: list[tuple[StreamGroup, Ledger[Any, Any, Any]]] = []
        self._projectors: list[tuple[StreamGroup, Projector]] = []
        self._background: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self._on_stop: list[Callable[[], Awaitable[None]]] = []
        self._stopping = asyncio.Event()

    def decide(self, ledger: Ledger[Any, Any, Any]) -> None:
        """Decide a command topic's records, and write its ticks. In a group of its own: commands wait for nothing."""
        topic = ledger.deciding.commands
        group = self._group(f"{self.name}.decide")
        group.subscribe(topic.name, ledger.handle, self.dead_letters.bury)
        self._topics += [topic, ledger.deciding.events]
        self._ledgers.append((group, ledger))
        ticker = Ticker(
            topic,
            self.producer,
            self.clock,
            self.ids,
            worker_id=self.worker_id,
            every_s=self.settings.tick_every_s,
            owned=lambda: group.assignment().get(topic.name, []),
        )
        self._background.append(ticker.run)

    def project(self, projector: Projector, group: str = "project", *, afterwards: Afterwards | None = None) -> None:
        """Keep a projection of a topic; `afterwards` acts on each record once it is folded (StreamGroup.subscribe)."""
        members = self._group(f"{self.name}.{group}")
        members.subscribe(projector.topic.name, projector.handle, self.dead_letters.bury, afterwards)
        self._topics.append(projector.topic)
        self._projectors.append((members, projector))

    def react(self, group: str, topic: Topic, handle: Handle, *, gather_s: float = 0.0) -> None:
        """Do something for each record of a topic, at least once: matching, planning, sending.

        `gather_s`: how long records may be gathered into a batch (StreamGroup.subscribe).
        """
        self._group(f"{self.name}.{group}").subscribe(topic.name, handle, self.dead_letters.bury, gather_s=gather_s)
        self._topics.append(topic)

    def publishes(self, *topics: Topic) -> None:
        """Topics that are only written to: they too must be as declared before the worker starts."""
        self._topics += topics

    def background(self, task: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a coroutine for as long as the worker runs; when it raises, the process ends."""
        self._background.append(task)

    def repeat(self, what: str, attempt: Callable[[], Awaitable[None]], *, every_s: float) -> None:
        """Do something for as long as the worker runs; what is away then is tried again the next time."""

        async def for_ever() -> None:
            while True:
                await asyncio.sleep(every_s)
                try:
                    await attempt()
                except AWAY as error:
                    _log.warning("cannot", what=what, reason=f"{type(error).__name__}: {error}")

        self.background(for_ever)

    def log_reader(self) -> LogReader:
        """A reader of its own for whoever must not wait for another's rebuild; closed with the worker."""
        reader = LogReader(self.settings.kafka_bootstrap)
        self.on_stop(reader.close)
        return reader

    def on_stop(self, close: Callable[[], Awaitable[None]]) -> None:
        """Close something after the streams have stopped."""
        self._on_stop.append(close)

    async def run(self) -> None:
        """Start, and run until SIGTERM or SIGINT."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        await self.start()
        await self._stopping.wait()
        await self.stop()

    async def start(self) -> None:
        """Wait for broker, topics and Redis; then consume. For tests; a process calls `run`."""
        await wait_for_backends(self.settings, self._topics)
        await self.producer.start()
        self._tasks = [asyncio.create_task(self._die_if_it_fails(task())) for task in self._background]
        for group in self._groups.values():
            await group.start()
        stuck = StuckWatch(self.settings.kafka_bootstrap, self._groups)
        self.on_stop(stuck.close)
        watches = (stuck.run(), LagWatch(self._groups).run())
        self._tasks += [
            asyncio.create_task(self._die_if_it_fails(coroutine))
            for coroutine in (self._heartbeat(), self._mend(), self._serve_health(), *watches)
        ]
        _log.info("started", worker=self.worker_id, groups=sorted(self._groups))

    async def stop(self) -> None:
        """Stop consuming, then close everything."""
        for group in self._groups.values():
            await group.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for close in self._on_stop:
            await close()
        await self.producer.stop()
        await self.redis.aclose()
        _log.info("stopped", worker=self.worker_id)

    def checks(self) -> dict[str, Check]:
        """What readiness depends on, by name."""
        return {"redis": self._check_redis, "streams": self._check_streams, "ticks": self._check_ticks}

    def _group(self, name: str) -> StreamGroup:
        if name not in self._groups:
            self._groups[name] = StreamGroup(name, self.settings.kafka_bootstrap)
        return self._groups[name]

    async def _check_redis(self) -> str | None:
        await self.redis.ping()
        return None

    async def _check_streams(self) -> str | None:
        waiting = [
            f"{c.topic}: {c.waiting_for}" for g in self._groups.values() for c in g.consumptions if c.waiting_for
        ]
        return "; ".join(waiting) or None

    async def _check_ticks(self) -> str | None:
        now = self.clock.now()
        for group, ledger in self._ledgers:
            for partition in group.assignment().get(ledger.deciding.commands.name, []):
                last = ledger.last_tick.get(partition)
                if last is None or (now - last).total_seconds() > TICK_OLD_S:
                    return f"no tick came through {ledger.deciding.commands.name}/{partition}"
        return None

    async def _heartbeat(self) -> None:
        while True:
            beat = {
                "worker": self.worker_id,
                "pid": os.getpid(),
                "http_port": self.settings.worker_http_port,
                "at": self.clock.now().isoformat(),
                "groups": {name: group.assignment() for name, group in self._groups.items()},
                "last_tick": {
                    f"{ledger.deciding.commands.name}/{partition}": at.isoformat()
                    for _, ledger in self._ledgers
                    for partition, at in ledger.last_tick.items()
                },
            }
            try:
                await self.redis.hset(WORKERS_KEY, self.worker_id, json.dumps(beat))
            except (RedisError, OSError) as error:
                _log.warning("heartbeat-failed", reason=str(error))
            await asyncio.sleep(HEARTBEAT_S)

    async def _mend(self) -> None:
        while True:
            await asyncio.sleep(MEND_EVERY_S)
            for group, ledger in self._ledgers:
                ledger.forget_assignment(set(group.assignment().get(ledger.deciding.commands.name, [])))
            for group, projector in self._projectors:
                owned = set(group.assignment().get(projector.topic.name, []))
                projector.forget_assignment(owned)
                try:
                    await projector.mend(owned)
                except (RedisError, KafkaError, OSError) as error:
                    _log.warning("cannot-mend", topic=projector.topic.name, reason=f"{type(error).__name__}: {error}")

    async def _serve_health(self) -> None:
        if not self.settings.worker_http_port:
            return
        app = health_app(self.checks())
        config = uvicorn.Config(
            app,
            host=self.settings.http_host,
            port=self.settings.worker_http_port,
            log_config=None,
            access_log=False,
        )
        await uvicorn.Server(config).serve()

    async def _die_if_it_fails(self, coroutine: Coroutine[Any, Any, None]) -> None:
        try:
            await coroutine
        except asyncio.CancelledError:
            raise
        except Exception:
            _log.exception("background-task-failed")
            os._exit(CRASHED)


async def wait_for_backends(settings: PlatformSettings, topics: list[Topic]) -> None:
    """Return when Redis answers and the topics are there; ends the process when one is not as declared."""
    redis: Redis = Redis.from_url(settings.redis_url)
    said = ""
    while True:
        try:
            await redis.ping()
            mismatches = await asyncio.to_thread(_check_topics, settings.kafka_bootstrap, topics)
        except (RedisError, OSError, TimeoutError, KafkaClientError, RuntimeError) as error:
            reason = f"{type(error).__name__}: {error}"
        else:
            wrong = [mismatch for mismatch in mismatches if not mismatch.is_missing]
            if wrong:
                for mismatch in wrong:
                    _log.error("wrong-topic", topic=mismatch.topic, problem=mismatch.problem)
                raise SystemExit(EX_CONFIG)
            reason = "; ".join(str(mismatch) for mismatch in mismatches)
            if not reason:
                break
        if reason != said:
            _log.warning("waiting-for-backends", reason=reason)
            said = reason
        await asyncio.sleep(1.0)
    await redis.aclose()


def _check_topics(bootstrap: str, topics: list[Topic]) -> list[Any]:
    with TopicAdmin(bootstrap) as admin:
        return admin.check(topics)
