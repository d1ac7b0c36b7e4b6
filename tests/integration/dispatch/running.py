"""Dispatch as it runs: a worker and an API over HTTP, on a city of its own that a test sets up through the topics."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import httpx
import uvicorn
from redis.asyncio import Redis

from services.dispatch.bootstrap import build_api, build_worker
from services.dispatch.settings import DispatchSettings
from shared.contracts.base import Message, Place
from shared.contracts.duty import MemberCheckedIn, UnitDutyChanged
from shared.contracts.envelope import Envelope, encode
from shared.contracts.registry import Equipment, Station, Unit
from shared.contracts.topics import DUTY, STATIONS, UNITS, Topic
from shared.platform.clock import SystemClock, SystemIds
from shared.platform.producer import EventProducer
from shared.platform.web.tokens import Principal
from shared.vocabulary.organisation import StationLevel
from shared.vocabulary.terms import DutyState, EquipmentKind, Role, SiteClass
from tests.fakes.keys import bearer

T = TypeVar("T")
METRE = 1 / 111_195  # of latitude, in degrees
_places = itertools.count()
new_id = SystemIds().new
ARMS = (EquipmentKind.SHIELD, EquipmentKind.LONG_STICK)


async def eventually(look: Callable[[], Awaitable[T | None]], within_s: float = 40) -> T:
    """The first answer that is neither None nor False."""
    async with asyncio.timeout(within_s):
        while not (answer := await look()):
            await asyncio.sleep(0.05)
        return answer


@dataclass
class Quarter:
    """A station with its surroundings, far from those of other tests."""

    number: int = field(default_factory=lambda: next(_places))
    units: dict[str, Place] = field(default_factory=dict[str, Place])

    @property
    def station_id(self) -> str:
        return f"4401{self.number:02d}007"

    @property
    def path(self) -> str:
        return f"/440100/4401{self.number:02d}/{self.station_id}"

    @property
    def scene(self) -> Place:
        return Place(lon=110 + self.number, lat=23)

    def north(self, metres: float) -> Place:
        return Place(lon=self.scene.lon, lat=self.scene.lat + metres * METRE)

    def officer(self) -> Principal:
        return Principal(f"officer-{self.number}", Role.OFFICER, self.path, station_id=self.station_id)

    def member(self, unit_id: str) -> Principal:
        return Principal(f"{unit_id}-m0", Role.MEMBER, self.path, unit_id=unit_id, station_id=self.station_id)


OPERATOR = Principal("operator-1", Role.OPERATOR, "/440100")


class Dispatch:
    """A client of the running service."""

    def __init__(self, settings: DispatchSettings, http: httpx.AsyncClient, producer: EventProducer) -> None:
        self.settings = settings
        self.http = http
        self.redis: Redis = Redis.from_url(settings.redis_url)
        self._producer = producer

    async def publish(self, topic: Topic, subject: str, body: Message, sequence: int | None = None) -> None:
        envelope = Envelope(new_id(), "/test", body.ce_type(), subject, SystemClock().now(), "test", sequence=sequence)
        await self._producer.publish_one(topic.name, encode(envelope, body))

    async def settle(self, quarter: Quarter, units: dict[str, float]) -> None:
        """A station, and units on duty so many metres north of its scene; until the directory has them all."""
        station = Station(
            station_id=quarter.station_id,
            name="派出所",
            level=StationLevel.STATION,
            path=quarter.path,
            location=quarter.scene,
        )
        await self.publish(STATIONS, quarter.station_id, station)
        for unit_id, metres in units.items():
            await self._on_duty(quarter, unit_id, quarter.north(metres))

        async def all_there() -> bool:
            there = await self.redis.geopos("{dispatch:units}:geo", *units)  # pyright: ignore[reportGeneralTypeIssues]
            return all(there) and bool(await self.redis.hget("{dispatch:stations}:path", quarter.station_id))

        await eventually(all_there)

    async def _on_duty(self, quarter: Quarter, unit_id: str, place: Place) -> None:
        quarter.units[unit_id] = place
        now = SystemClock().now()
        base: dict[str, Any] = {
            "unit_id": unit_id,
            "station_id": quarter.station_id,
            "path": quarter.path,
            "site_class": SiteClass.B,
        }
        pieces = tuple(Equipment(equipment_id=f"{unit_id}.{k.value}", kind=k, count=1) for k in ARMS)
        unit = Unit(**base, name="单元", site_id="site", location=place, quorum=1, equipment=pieces)
        await self.publish(UNITS, unit_id, unit)
        members = tuple(f"{unit_id}-m{n}" for n in range(4))
        until = now + timedelta(hours=1)
        checked_in = MemberCheckedIn(
            **base,
            member_id=members[0],
            post_id="post",
            location=place,
            accuracy_m=5,
            code_step=1,
            at=now,
            until=until,
            renewed=False,
        )
        changed = UnitDutyChanged(
            **base, state=DutyState.ON, on_duty=members, quorum=1, location=place, at=now, until=until
        )
        await self.publish(DUTY, unit_id, checked_in, 1)
        await self.publish(DUTY, unit_id, changed, 2)

    async def post(self, path: str, who: Principal, body: Any = None, **headers: str) -> httpx.Response:
        """POST, again for as long as live state is being rebuilt."""
        headers = {**bearer(who), **headers}

        async def tried() -> httpx.Response | None:
            answer = await self.http.post(f"/dispatch/v1/{path}", json=body or {}, headers=headers)
            return None if answer.status_code == 503 else answer

        return await eventually(tried)

    async def get(self, path: str, who: Principal, **params: Any) -> httpx.Response:
        async def tried() -> httpx.Response | None:
            answer = await self.http.get(f"/dispatch/v1/{path}", params=params, headers=bearer(who))
            return None if answer.status_code == 503 else answer

        return await eventually(tried)

    async def report(self, quarter: Quarter, who: Principal, **changes: Any) -> dict[str, Any]:
        place = {"lon": quarter.scene.lon, "lat": quarter.scene.lat, "crs": "wgs84"}
        body = {"class": "public-order", "severity": "serious", "location": place, "description": "斗殴", **changes}
        answer = await self.post("incidents", who, body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def incident(self, incident_id: str, who: Principal = OPERATOR) -> dict[str, Any]:
        answer = await self.get(f"incidents/{incident_id}", who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def orders(self, incident_id: str, count: int) -> dict[str, dict[str, Any]]:
        """The incident's orders by assignee, once there are so many."""

        async def enough() -> dict[str, dict[str, Any]] | None:
            orders = (await self.incident(incident_id))["orders"]
            return {o["assignee_id"]: o for o in orders} if len(orders) >= count else None

        return await eventually(enough)

    async def events(self, incident_id: str, last: str) -> list[dict[str, Any]]:
        """All events, once one of the type `last` is there and they follow one another without a gap."""

        async def complete() -> list[dict[str, Any]] | None:
            events = (await self.get(f"incidents/{incident_id}/events", OPERATOR, limit=200)).json()
            there = any(event["type"].split(".")[-2] == last for event in events)
            return events if there and [e["sequence"] for e in events] == list(range(1, len(events) + 1)) else None

        return await eventually(complete)


@asynccontextmanager
async def running_dispatch(settings: DispatchSettings) -> AsyncGenerator[Dispatch]:
    """A worker and an API in this process."""
    worker = build_worker(settings)
    await worker.start()
    async with served(settings) as http:
        producer = EventProducer(settings.kafka_bootstrap)
        await producer.start()
        dispatch = Dispatch(settings, http, producer)
        yield dispatch
        await dispatch.redis.aclose()
        await producer.stop()
    await worker.stop()


@asynccontextmanager
async def served(settings: DispatchSettings) -> AsyncGenerator[httpx.AsyncClient]:
    """An API behind a real server: streams must flow."""
    config = uvicorn.Config(build_api(settings), port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # pyright: ignore[reportAttributeAccessIssue]
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        assert not serving.done() or serving.result() is None
        return server.started

    await eventually(started)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
        yield http
    server.should_exit = True
    await serving
