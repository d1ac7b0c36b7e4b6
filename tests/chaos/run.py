"""One fault run: start everything, load it, break it, let it come to rest, and have it judged."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from deploy.local import VAR
from deploy.local.demo import load_city
from deploy.local.processes import ChildProcess
from tests.chaos.cluster import SERVICES, Cluster
from tests.chaos.faults import Fault
from tests.chaos.injector import Injector
from tests.chaos.load.__main__ import Orders
from tests.chaos.load.city import city_of
from tests.chaos.notes import Notes, now
from tests.chaos.rest import LagWatch
from tests.chaos.sink import Sink
from tests.chaos.strikes import Striker

CALM_AFTER_S = 20.0
"""Load goes on so long after the last fault."""
LOAD_ENDS_WITHIN_S = 180.0
AT_REST_WITHIN_S = 120.0
JUDGED_WITHIN_S = 600.0
WEBHOOK_SECRET = "whsec_bm90LWEtc2VjcmV0LWJ1dC1mb3ItZmF1bHQtcnVucw=="


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a run is made of. `a_second`: check-ins, fixes, incidents. `planted`: a defect that it must find."""

    seed: int
    seconds: float
    faults: Sequence[Fault]
    units: int = 900
    a_second: tuple[float, float, float] = (200.0, 2000.0, 0.5)
    planted: str | None = None
    say: Callable[[str], None] = print

    @property
    def directory(self) -> Path:
        return VAR / "chaos" / (f"seed-{self.seed}" if self.planted is None else f"planted-{self.planted}")


class Run:
    """A fault run in its directory, which is made anew."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._directory = options.directory
        self._say = options.say
        self._facts: dict[str, Any] = {
            "seed": options.seed,
            "minutes": options.seconds / 60,
            "replication": 3,
            "tick_every_s": 0.5,
            "units": options.units,
            "a_second": options.a_second,
            "planted": options.planted,
        }

    async def judge(self) -> int:
        """Play it all; the checker's exit status: 0 without violations."""
        shutil.rmtree(self._directory, ignore_errors=True)
        self._directory.mkdir(parents=True)
        sink = Sink(self._directory / "sink.jsonl")
        settings = {
            "NOTIFY_SMS_URL": sink.sms_url,
            "NOTIFY_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "NOTIFY_WEBHOOK_HOSTS": sink.host,
        }
        cluster = Cluster(self._directory / "data", settings, planted=self._options.planted)
        async with AsyncExitStack() as running:
            await running.enter_async_context(sink)
            self._say("three brokers, Redis, two APIs, six workers …")
            await running.enter_async_context(cluster)
            city = city_of(self._options.units, sink.webhook_url)
            await load_city(cluster.base_urls[0], cluster.issue, city, self._say)
            lag_notes = running.enter_context(Notes(self._directory / "lag.jsonl"))
            self._lag = LagWatch(cluster.brokers.bootstrap, cluster.redis.url, lag_notes)
            await self._play(cluster)
            await self._rest(cluster)
            return await self._check(cluster)

    async def _play(self, cluster: Cluster) -> None:
        options = self._options
        load = self._load(cluster)
        mending = asyncio.create_task(cluster.mend())
        watching = asyncio.create_task(self._lag.watch())
        injector = Injector(cluster.brokers.bootstrap, self._directory / "injected.jsonl", Random(options.seed))
        self._facts["begun"] = now()
        self._say(f"{len(options.faults)} faults in {options.seconds / 60:g} minutes, seed {options.seed}")
        with Notes(self._directory / "faults.jsonl") as fault_notes:
            async with injector:
                striker = Striker(cluster, injector, fault_notes)
                load.start()
                before = {name: target.cpu_s for name, target in cluster.targets.items()}
                await asyncio.gather(striker.strike(options.faults), asyncio.sleep(options.seconds))
                after = {name: target.cpu_s for name, target in cluster.targets.items()}
                self._facts["cpu_s"] = {name: round(after[name] - before[name], 1) for name in after}
                self._facts["last_fault_ended"] = striker.last_ended
                self._say("the last fault is over")
                await asyncio.sleep(CALM_AFTER_S)
        await asyncio.to_thread(load.stop, within=LOAD_ENDS_WITHIN_S)
        self._facts["load_ended"] = now()
        if load.returncode != 0:
            raise RuntimeError(f"the load ended with status {load.returncode}\n{load.log_tail()}")
        watching.cancel()
        mending.cancel()
        await asyncio.gather(watching, mending, return_exceptions=True)

    async def _rest(self, cluster: Cluster) -> None:
        """Deciders stop after everybody has read what they wrote, so that nothing is under way when it is judged."""
        await self._lag.until_caught_up(AT_REST_WITHIN_S)
        workers = [name for name, target in cluster.targets.items() if target.kind == "worker"]
        gone: list[str] = []
        for service in SERVICES:
            mine = [name for name in workers if name.startswith(service)]
            await asyncio.to_thread(cluster.stop, mine)
            gone.append(service)
            if service != SERVICES[-1]:
                await self._lag.until_caught_up(AT_REST_WITHIN_S, but=gone)
        await self._lag.until_caught_up(AT_REST_WITHIN_S, but=gone)
        await asyncio.to_thread(cluster.stop, [name for name, t in cluster.targets.items() if t.kind == "api"])
        self._facts["rest_at"] = now()
        (self._directory / "run.json").write_text(json.dumps(self._facts, indent=1))
        self._say("at rest")

    async def _check(self, cluster: Cluster) -> int:
        checker = ChildProcess(
            "checker",
            [
                *(sys.executable, "-m", "tests.chaos.checker", str(self._directory)),
                *("--kafka", cluster.brokers.bootstrap, "--redis", cluster.redis.url),
                *("--history", str(cluster.history)),
            ],
            log=self._directory / "checker.log",
            directory=Path(os.getcwd()),
        )
        checker.start()
        async with asyncio.timeout(JUDGED_WITHIN_S):
            while checker.alive:
                await asyncio.sleep(0.5)
        self._say((self._directory / "checker.log").read_text())
        return checker.returncode or 0

    def _load(self, cluster: Cluster) -> ChildProcess:
        options = self._options
        orders = Orders(
            base_urls=cluster.base_urls,
            keys=str(self._directory / "data" / "keys"),
            histories=str(self._directory / "clients" / "load.jsonl"),
            summary=str(self._directory / "load.json"),
            units=options.units,
            seed=options.seed,
            a_second=options.a_second,
        )
        path = self._directory / "load-orders.json"
        orders.write(path)
        arguments = [sys.executable, "-m", "tests.chaos.load", str(path)]
        return ChildProcess("load", arguments, log=self._directory / "load.log", directory=Path(os.getcwd()))
