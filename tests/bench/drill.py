"""A drill for a whole city: one order, and a message in everybody's inbox."""

import json
import shutil
import time
import urllib.request
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

import yaml
from aiokafka import AIOKafkaConsumer, TopicPartition
from redis.asyncio import Redis

from deploy.local.demo.accounts import OPERATOR
from services.dispatch.adapters.yaml_playbooks import SHIPPED
from services.notify.adapters.redis_delivery_keys import inbox_key
from shared.contracts.delivery import AttemptEnded
from shared.contracts.topics import DELIVERIES
from shared.platform.dead_letters import understand
from shared.platform.kafka_clients import record_of
from shared.vocabulary.terms import AttemptOutcome
from tests.bench import drill_load
from tests.bench.city import OnDuty, units
from tests.bench.drill_load import fill, produce_only
from tests.bench.kafka_topics import make_topics
from tests.bench.load import LoadProcess
from tests.bench.ratios import Figure, Goal, Series
from tests.bench.rows import CannotMeasure, Measured, Row, Say
from tests.bench.stage import Stage

UNITS, MEMBERS_MIN, MEMBERS_MAX, REPETITIONS = 23_000, 8, 14, 2
LOOKED_AT, WITHIN_S = 300, 90.0
TEXT = "Drill: everybody on duty reports to their leader. 演练：全体在岗人员向单元长报到。"


class Inboxes:
    """Follows the log of deliveries: an attempt has ended when its people's inboxes have the message."""

    def __init__(self, bootstrap: str) -> None:
        self._consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False)
        self._consumer.assign([TopicPartition(DELIVERIES.name, number) for number in range(DELIVERIES.partitions)])

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._consumer.stop()

    async def until_put(self, incident_id: str, people: int) -> float:
        """When (`time.perf_counter`) so many people had the incident's message."""
        put, until = 0, time.perf_counter() + WITHIN_S
        while put < people:
            if time.perf_counter() > until:
                raise CannotMeasure(f"{put:,} of {people:,} messages were in inboxes after {WITHIN_S:g} s")
            for records in (await self._consumer.getmany(timeout_ms=50)).values():
                bodies = (understand(record_of(record)).body for record in records)
                put += sum(_accepted(body, incident_id) for body in bodies)
        return time.perf_counter()


async def measure(say: Say) -> Measured:
    city = units(seed=1, count=UNITS, members=MEMBERS_MIN, members_max=MEMBERS_MAX)
    with Stage("drill") as stage, LoadProcess() as load:
        addresses = stage.addresses()
        redis = Redis.from_url(addresses.redis_url)
        make_topics(addresses.kafka_bootstrap, drill_load.TOPIC)
        people = await load.call(fill, addresses.redis_url, addresses.kafka_bootstrap, city)
        say(f"{people:,} people of {UNITS:,} units are on duty")
        stage.worker("dispatch")
        stage.worker("notify")
        dispatch = stage.api("dispatch", {"PLAYBOOK_DIR": str(_playbooks(stage.directory / "playbooks"))})
        took: list[float] = []
        peers: list[float] = []
        async with Inboxes(addresses.kafka_bootstrap) as inboxes:
            for number in range(1, REPETITIONS + 1):
                started = time.perf_counter()
                incident_id = _order(dispatch, stage.bearer(OPERATOR), city[0])
                took.append(await inboxes.until_put(incident_id, people) - started)
                await _check(redis, city, number)
                peers.append(await load.call(produce_only, addresses.kafka_bootstrap, city, TEXT))
                say(f"{number}: {took[-1]:.1f} s, only produced in {peers[-1]:.1f} s")
        await redis.aclose()
    return Measured(
        (
            Figure(
                Series("messages in inboxes", "/s", tuple(people / seconds for seconds in took)),
                Series("the same produced only", "/s", tuple(people / seconds for seconds in peers)),
                Goal("at least", 0.3, "ratio"),
            ),
            Figure(Series("from the order to the last inbox", "s", tuple(took))),
        ),
        (
            f"{people:,} people on duty of {UNITS:,} units; a record each for the peer. Deliveries go to"
            " cohorts of 500.",
            "The playbooks that are shipped reach a district at most, and a stage orders 50 units at most: there is no"
            " order to all units whom each must answer. Measured is a drill's broadcast by a playbook of the bench that"
            " differs from missing-person in its audience, city-units.",
        ),
    )


def _playbooks(folder: Path) -> Path:
    shutil.copytree(SHIPPED, folder)
    file = folder / "missing-person.yaml"
    playbook: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    playbook["broadcast"] = {"audiences": ["city-units"]}
    file.write_text(yaml.safe_dump(playbook, allow_unicode=True), "utf-8")
    return folder


def _order(dispatch: str, headers: dict[str, str], unit: OnDuty) -> str:
    place = {"lon": unit.place.lon, "lat": unit.place.lat, "crs": "wgs84"}
    report = {"class": "missing-person", "severity": "minor", "location": place, "description": TEXT, "drill": True}
    url = f"{dispatch}/dispatch/v1/incidents"
    request = urllib.request.Request(url, json.dumps(report).encode(), headers)  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)["incident_id"]


async def _check(redis: "Redis", city: list[OnDuty], messages: int) -> None:
    for unit in Random(messages).sample(city, LOOKED_AT):
        if await redis.zcard(inbox_key(unit.members[-1])) != messages:
            raise CannotMeasure(f"{unit.members[-1]} has not the {messages} messages that the log says were put")


def _accepted(body: object, incident_id: str) -> int:
    if not isinstance(body, AttemptEnded) or body.incident_id != incident_id:
        return 0
    return sum(result.outcome is AttemptOutcome.ACCEPTED for result in body.results)


ROW = Row(
    key="drill",
    what="full drill: one order to 23,000 units, 250,000 inbox messages",
    peer="producer-only of the same messages",
    goal="≥ 0.3 of it",
    run=measure,
)
