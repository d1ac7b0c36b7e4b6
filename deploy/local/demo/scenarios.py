"""Plays scenarios one after the other, and checks from the outside what came of them."""

import asyncio
import time
from collections.abc import Sequence

from deploy.local.demo.cast import on_duty
from deploy.local.demo.checks import Checklist, CheckRow
from deploy.local.demo.city import City
from deploy.local.demo.client import Api, Issue, Unreachable
from deploy.local.demo.expectations import check
from deploy.local.demo.playing import Play
from deploy.local.demo.scenario_data import Scenario, scenario
from deploy.local.demo.topic_watch import TopicWatch
from shared.contracts.topics import MEMBERS

REGISTERED_WITHIN_S = 600.0
CONNECTIONS = 40  # everybody on duty in a scenario waits for news in a request of their own


async def play(
    base_url: str, kafka_bootstrap: str, issue: Issue, city: City, names: Sequence[str], time_factor: float
) -> list[CheckRow]:
    """The rows of what was checked in these scenarios, and of every message on every topic meanwhile.

    `time_factor` is the system's PLAYBOOK_TIME_FACTOR: bounds are multiplied by it.
    """
    rows: list[CheckRow] = []
    async with Api(base_url, issue, connections=CONNECTIONS) as api, TopicWatch(kafka_bootstrap) as watch:
        await _registered(city, watch)
        for number, name in enumerate(names):
            rows += await _play(scenario(name), city, api, watch, time_factor, rehearsed=number == 0)
        rows += await _whole_run(watch)
    return rows


async def _registered(city: City, watch: TopicWatch) -> None:
    """Return when everybody has been published: people come last. Raises Unreachable when that never ends."""
    people = len(city.officers) + sum(len(manned.people) for manned in city.units)
    until = time.monotonic() + REGISTERED_WITHIN_S
    while await watch.published(MEMBERS) < people:
        if time.monotonic() > until:
            raise Unreachable(f"not all of the city's {people} people were published in {REGISTERED_WITHIN_S:g} s")
        await asyncio.sleep(0.5)


async def _play(
    data: Scenario, city: City, api: Api, watch: TopicWatch, factor: float, *, rehearsed: bool
) -> list[CheckRow]:
    checks = Checklist(data.id)
    async with on_duty(data, city, api, factor) as cast:
        if rehearsed:
            await Play(data, cast, watch, factor, checks).rehearse()
        played = Play(data, cast, watch, factor, checks)
        await played.run()
        await check(played, api)
    for fault in cast.faults:
        checks.holds("the demo's own programs", False, "no fault", f"{type(fault).__name__}: {fault}")
    return checks.rows


async def _whole_run(watch: TopicWatch) -> list[CheckRow]:
    """Every message on every declared topic keeps its contract, and none was buried."""
    await watch.up_to_now()
    checks = Checklist("run")
    reading = watch.reading
    checks.at_least("messages read from every declared topic", 1, reading.counts.total())
    seen = reading.faults[0] if reading.faults else "none"
    checks.holds("messages that break CloudEvents or their published schema", not reading.faulty, "none", seen)
    checks.equal("incidents of which an event is missing", [], watch.gaps())
    checks.equal("dead letters", {}, dict(reading.buried))
    return checks.rows
