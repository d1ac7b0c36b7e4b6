"""How late deadlines of 1-3-5 fire while a thousand incidents are open and nobody answers."""

import asyncio
from datetime import datetime

from redis.asyncio import Redis

from deploy.local.demo.accounts import OPERATOR
from shared.contracts.incident import IncidentReported, OrderIssued, OrderUnanswered, StageMissed
from shared.contracts.topics import INCIDENTS
from shared.platform.dead_letters import understand
from shared.platform.log_reader import LogReader
from shared.platform.records import Received
from tests.bench.city import units
from tests.bench.fixes import UNITS
from tests.bench.incident_load import REPORTED, report_incidents
from tests.bench.load import LoadProcess
from tests.bench.on_duty import publish_city, until_in_directory
from tests.bench.ratios import Figure, Goal, Series, percentile
from tests.bench.rows import CannotMeasure, Measured, Row, Say
from tests.bench.stage import Stage

INCIDENTS_OPEN, A_SECOND, GROUPS = 1000, 50.0, 3
WATCHED_S = 75.0
"""After the last report: each incident's first minute passes, and each order has been silent three times."""
TICK_S = 0.5


async def measure(say: Say) -> Measured:
    city = units(seed=1, count=UNITS, members=2)
    with Stage("lateness") as stage, LoadProcess() as load:
        addresses = stage.addresses()
        redis = Redis.from_url(addresses.redis_url)
        stage.worker("dispatch", {"TICK_EVERY_S": str(TICK_S)})
        await load.call(publish_city, addresses.kafka_bootstrap, city)
        dispatch = stage.api("dispatch")
        await until_in_directory(redis, UNITS)
        say(f"{UNITS:,} units are on duty")
        places = [unit.place for unit in city[:: UNITS // INCIDENTS_OPEN][:INCIDENTS_OPEN]]
        tally = await load.call(report_incidents, dispatch, stage.bearer(OPERATOR), places, A_SECOND)
        say(f"reported: {dict(tally.statuses)}; watching for {WATCHED_S:g} s")
        await asyncio.sleep(WATCHED_S)
        events = await _events(addresses.kafka_bootstrap)
        await redis.aclose()
    if sum(tally.statuses.values()) != INCIDENTS_OPEN or not set(tally.statuses) <= {REPORTED, 202}:
        raise CannotMeasure(f"incidents were answered {dict(tally.statuses)}")
    groups = Lateness(events).by_group(GROUPS)
    fired = sum(len(group) for group in groups)
    tick = Series("tick interval", "s", (TICK_S,) * GROUPS)

    def late(share: float) -> Series:
        name = f"deadline fired and published after it was due, p{share * 100:.0f}"
        return Series(name, "s", tuple(percentile(group, share) for group in groups))

    return Measured(
        (
            Figure(late(0.99), tick, Goal("at most", 1, "figure")),
            Figure(late(0.5), tick),
            Figure(Series("the latest", "s", tuple(max(group) for group in groups))),
        ),
        (
            f"{INCIDENTS_OPEN:,} incidents at {A_SECOND:g}/s, by thirds of them in the order of their reports;"
            f" {UNITS:,} units on duty, all silent: {fired:,} deadlines (first stage missed, order unanswered); from"
            " when it was due until the event's record was made, playbooks at their own times.",
        ),
    )


class Lateness:
    """What a log of incidents says of its deadlines."""

    def __init__(self, events: list[Received]) -> None:
        self._reported: dict[str, datetime] = {}
        self._respond_by: dict[str, datetime] = {}
        self._late: dict[str, list[float]] = {}
        for item in events:
            self._take(item)

    def by_group(self, groups: int) -> list[list[float]]:
        """Seconds late, by equal parts of the incidents in the order of their reports."""
        ordered = sorted(self._reported, key=self._reported.__getitem__)
        size = -(-len(ordered) // groups)
        parts = [ordered[start : start + size] for start in range(0, len(ordered), size)]
        found = [[late for incident in part for late in self._late.get(incident, [])] for part in parts]
        if not all(found):
            raise CannotMeasure("a third of the incidents met no deadline")
        return found

    def _take(self, item: Received) -> None:
        match item.body:
            case IncidentReported() as event:
                self._reported[event.incident_id] = event.at
            case OrderIssued() as event:
                self._respond_by[event.order_id] = event.respond_by
            case OrderUnanswered() as event:
                # The police are reminded under the same order, at times that no event says: the first one counts.
                if (due := self._respond_by.pop(event.order_id, None)) is not None:
                    self._fired(event.incident_id, due, item)
            case StageMissed() as event:
                self._fired(event.incident_id, event.due, item)
            case _:
                pass

    def _fired(self, incident_id: str, due: datetime, item: Received) -> None:
        late_s = (item.record.timestamp - due).total_seconds()
        self._late.setdefault(incident_id, []).append(late_s)


async def _events(bootstrap: str) -> list[Received]:
    """Everything on the incidents' topic; each incident's events in order."""
    reader = LogReader(bootstrap)
    events: list[Received] = []
    for partition in range(INCIDENTS.partitions):
        async for records in reader.read(INCIDENTS.name, partition, 0):
            events += [understand(record) for record in records]
    await reader.close()
    return events


ROW = Row(
    key="lateness",
    what="1-3-5 lateness, 1,000 open incidents",
    peer="tick interval",
    goal="p99 ≤ 1 s",
    run=measure,
)
