"""A worker process that may crash, stand still or be cut off at every step that leaves it."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from aiokafka.errors import KafkaTimeoutError

from tests.simulation.chronicle import Chronicle
from tests.simulation.virtual_time import elapsed, now
from tests.simulation.weather import Weather

T = TypeVar("T")


class Crash(BaseException):
    """The process is gone: what is in memory is lost, what was written stays. No `except Exception` may see it."""


class Process:
    """Everything that it does outside itself goes through `outward`."""

    def __init__(self, name: str, weather: Weather, rng: Random, chronicle: Chronicle) -> None:
        self.name = name
        self.weather = weather
        self.chronicle = chronicle
        self.silent_since: float | None = None
        """Since when it is dead, or stands still."""
        self.alive = True
        self._frozen_until = 0.0
        self._rng = rng
        self._skew = timedelta(milliseconds=rng.randint(-1500, 1500))
        self._tasks: list[asyncio.Task[None]] = []

    def now(self) -> datetime:
        """The process's own clock, which may be wrong by a little."""
        return now() + self._skew

    def start(self, task: Coroutine[Any, Any, None]) -> None:
        """Run `task` until the process dies; that it fails otherwise is a fault of the simulation or of the system."""
        running = asyncio.get_running_loop().create_task(task)
        running.add_done_callback(self._note_failure)
        self._tasks.append(running)

    async def outward(self, what: str, effect: Callable[[], T]) -> T:
        """Take effect in one moment, unless the process fails before; it may fail after, and not know."""
        await self._meet(f"before {what}")
        result = effect()
        if not what.startswith("read"):
            self.chronicle.say(self.name, what)
        await self._meet(f"after {what}")
        return result

    def die(self, where: str) -> None:
        """Stop for good, wherever its tasks are."""
        self.chronicle.say(self.name, f"CRASH {where}")
        self.chronicle.count("crash")
        self.alive = False
        self.silent_since = self.silent_since or elapsed()
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()

    def thaw(self) -> None:
        """Go on, if it stands still."""
        self._frozen_until = elapsed()

    async def _meet(self, where: str) -> None:
        weather, chance = self.weather, self._rng.random()
        self.chronicle.steps.add(where)
        if not self.alive:
            raise Crash
        if chance < weather.crash:
            self.chronicle.crashed_at.add(where)
            self.die(where)
            raise Crash
        chance -= weather.crash
        if chance < weather.away:
            self._be_cut_off(where)
        elif chance < weather.away + weather.freeze:
            self._freeze(where)
        elif chance < weather.away + weather.freeze + weather.slow:
            await asyncio.sleep(self._rng.choice((0.0, 0.004, 0.05, 0.6)))
        await self._while_frozen()

    def _be_cut_off(self, where: str) -> None:
        self.chronicle.say(self.name, f"CUT OFF {where}")
        self.chronicle.count("cut off")
        raise KafkaTimeoutError if "publish" in where else ConnectionError

    def _freeze(self, where: str) -> None:
        for_s = self._rng.uniform(3, self.weather.longest_freeze_s)
        self._frozen_until = elapsed() + for_s
        self.silent_since = elapsed()
        self.chronicle.say(self.name, f"STANDS STILL for {for_s:.0f} s {where}")
        self.chronicle.count("standstill")

    async def _while_frozen(self) -> None:
        while self._frozen_until > elapsed():
            await asyncio.sleep(min(1.0, self._frozen_until - elapsed()))
        if not self.alive:
            raise Crash
        self.silent_since = None

    def _note_failure(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, Crash):
            self.chronicle.failures.append(error)
