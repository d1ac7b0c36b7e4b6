"""Making the planned faults happen, and writing down when they did."""

import asyncio
import contextlib
from collections.abc import Sequence

from redis.asyncio import Redis

from tests.chaos.cluster import Cluster
from tests.chaos.faults import Fault
from tests.chaos.heartbeats import heartbeats
from tests.chaos.injector import Injector
from tests.chaos.notes import Notes, now
from tests.chaos.targets import Target

BACK_WITHIN_S = 40.0
INJECTED_WITHIN_S = 60.0


class Striker:
    """Strikes a cluster according to a plan."""

    def __init__(self, cluster: Cluster, injector: Injector, notes: Notes) -> None:
        self._cluster = cluster
        self._injector = injector
        self._notes = notes
        self.last_ended = now()

    async def strike(self, faults: Sequence[Fault]) -> None:
        """All of them, each at its time from now; returns when the last one is over."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        async with asyncio.TaskGroup() as striking:
            for fault in faults:
                striking.create_task(self._at_its_time(fault, begun))

    async def _at_its_time(self, fault: Fault, begun: float) -> None:
        await asyncio.sleep(max(0.0, begun + fault.at_s - asyncio.get_running_loop().time()))
        at, detail = now(), ""
        try:
            await self._make(fault)
        except Exception as error:  # a fault that cannot be made is no fault of the system: it is shown in the table
            detail = f"not made: {type(error).__name__}: {error}"
        until = now() if fault.for_s or fault.kind == "rolling-restart" else None
        self.last_ended = until or at
        self._notes.write({"at": at, "until": until, "kind": fault.kind, "target": fault.target, "detail": detail})

    async def _make(self, fault: Fault) -> None:
        match fault.kind:
            case "kill-worker" | "kill-api" | "kill-broker" | "kill-redis":
                await asyncio.to_thread(self._cluster.targets[fault.target].kill)
            case "stop-worker" | "stop-api" | "stop-broker":
                await self._freeze(self._cluster.targets[fault.target], fault.for_s)
            case "flush-redis":
                async with Redis.from_url(self._cluster.redis.url) as redis:
                    await redis.flushall()
            case "cut-broker":
                await self._cut(fault)
            case "rolling-restart":
                await self._roll()
            case "inject":
                async with asyncio.timeout(INJECTED_WITHIN_S):
                    await self._injector.inject(fault.target)

    async def _freeze(self, target: Target, seconds: float) -> None:
        target.freeze()
        try:
            await asyncio.sleep(seconds)
        finally:
            target.thaw()

    async def _cut(self, fault: Fault) -> None:
        worker, broker = fault.target.split(" from ")
        service = worker.split("-")[0]
        proxy = self._cluster.proxy(broker, service)
        proxy.cut()
        try:
            await asyncio.sleep(fault.for_s)
        finally:
            proxy.restore()

    async def _roll(self) -> None:
        """One after another, as a release goes out: the next one when the last one works."""
        for name, target in self._cluster.targets.items():
            if target.kind not in ("worker", "api"):
                continue
            self._cluster.resting.add(name)
            try:
                await asyncio.to_thread(target.process.stop)
            finally:
                self._cluster.resting.discard(name)
            await self._until_it_works(name, target)

    async def _until_it_works(self, name: str, target: Target) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BACK_WITHIN_S):
                while not await self._works(name, target):
                    await asyncio.sleep(0.5)

    async def _works(self, name: str, target: Target) -> bool:
        if target.kind == "api":
            return target.alive and await asyncio.to_thread(self._cluster.is_ready, name)
        beats = await heartbeats(self._cluster.redis.url)
        return any(beat["pid"] == target.process.pid and all(beat["groups"].values()) for beat in beats)
