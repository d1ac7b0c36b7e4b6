"""How much memory each process has, idle and under a city's load."""

import asyncio

from redis.asyncio import Redis

from deploy.local.demo.accounts import GATEWAY, OPERATOR
from tests.bench.city import units
from tests.bench.fixes import UNITS
from tests.bench.fixes_load import get_ready, report_steadily
from tests.bench.incident_load import report_incidents
from tests.bench.load import LoadProcess
from tests.bench.on_duty import publish_city, until_in_directory
from tests.bench.ratios import Figure, Goal, Series
from tests.bench.rebuild import check_everybody_in
from tests.bench.rows import Measured, Row, Say
from tests.bench.stage import Stage, peak_mib, resident_mib

SERVICES, WORKERS = ("checkin", "dispatch", "notify", "analytics"), ("checkin", "dispatch", "notify")
IDLE_SAMPLES, FIXES_A_SECOND, INCIDENTS_A_SECOND, SECONDS = 3, 3000.0, 4.0, 25.0
LIMIT_MIB = 400.0
RENEWED = 4000
"""Units whose people check in meanwhile."""


async def measure(say: Say) -> Measured:
    city = units(seed=1, count=UNITS, members=2)
    with Stage("memory") as stage, LoadProcess() as gateway, LoadProcess() as reporter:
        addresses = stage.addresses()
        redis = Redis.from_url(addresses.redis_url)
        for service in WORKERS:
            stage.worker(service)
        urls = {service: stage.api(service) for service in SERVICES}
        processes = dict(stage.processes)
        idle: dict[str, list[float]] = {name: [] for name in processes}
        for _ in range(IDLE_SAMPLES):
            await asyncio.sleep(1)
            for name, process in processes.items():
                idle[name].append(resident_mib(process))
        say("idle: " + ", ".join(f"{name} {values[-1]:.0f}" for name, values in idle.items()))
        await gateway.call(publish_city, addresses.kafka_bootstrap, city, city)
        await until_in_directory(redis, UNITS)
        say(f"{UNITS:,} units are on duty")
        await gateway.call(get_ready, stage.bearer(GATEWAY), city)
        places = [unit.place for unit in city[:: UNITS // int(INCIDENTS_A_SECOND * SECONDS)]]
        await asyncio.gather(
            gateway.call(report_steadily, urls["checkin"], FIXES_A_SECOND, SECONDS),
            reporter.call(check_everybody_in, addresses.kafka_bootstrap, city[:RENEWED]),
            reporter.call(report_incidents, urls["dispatch"], stage.bearer(OPERATOR), places, INCIDENTS_A_SECOND),
        )
        peaks = {name: peak_mib(process) for name, process in processes.items()}
        say("peaks: " + ", ".join(f"{name} {value:.0f}" for name, value in peaks.items()))
        await redis.aclose()
    return Measured(
        tuple(_figures(idle, peaks)),
        (
            f"Resident, from /proc. Idle: ready, with empty topics. At load: the highest since the start, with"
            f" {UNITS:,} units and {2 * UNITS:,} people on duty, {FIXES_A_SECOND:,.0f} fixes/s,"
            f" {2 * RENEWED:,} check-ins and {INCIDENTS_A_SECOND:g} incidents/s for {SECONDS:g} s.",
            "Analytics has no limit: its API holds the embedded history and feeds it.",
        ),
    )


def _figures(idle: dict[str, list[float]], peaks: dict[str, float]) -> list[Figure]:
    limit = Goal("at most", LIMIT_MIB, "figure")
    figures: list[Figure] = []
    for name, values in idle.items():
        goal = None if name.startswith("analytics") else limit
        figures.append(Figure(Series(f"{name}, idle", "MiB", tuple(values)), goal=goal))
        figures.append(Figure(Series(f"{name}, at load", "MiB", (peaks[name],)), goal=goal))
    return figures


ROW = Row(
    key="memory",
    what="memory of each API and worker, idle and at city load",
    peer="a limit",
    goal="≤ 400 MB each but analytics",
    run=measure,
)
