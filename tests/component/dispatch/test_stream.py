"""The live stream without a broker: when it ends, and what of the map goes with it."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from services.dispatch.adapters.incident_tail import IncidentTail, Listener, format_position, parse_position
from services.dispatch.application.unit_map import REMEMBERED, UnitMap
from shared.contracts.envelope import Envelope
from shared.contracts.incident import IncidentCancelled
from shared.contracts.topics import INCIDENTS
from shared.platform.clock import SystemClock
from shared.platform.records import Received, Record
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.builders.dispatch_api import dispatch_on_fakes
from tests.builders.mapped_units import AT, CITY, a_unit, put
from tests.component.dispatch.fakes import MemoryIncidents, NoViews, SetClock
from tests.component.dispatch.live import Listening, listening
from tests.fakes.keys import bearer, token_for

STATION = f"{CITY}/440106/440106007"
OPERATOR = Principal("operator", Role.OPERATOR, CITY)
OFFICER = Principal("officer", Role.OFFICER, STATION, station_id="440106007")
LEADER = Principal("leader", Role.LEADER, STATION, unit_id="u1", station_id="440106007")
GOOD_FOR = timedelta(minutes=10)
POSITION = format_position(dict.fromkeys(range(INCIDENTS.partitions), 7))
VIEW = "113.30,23.10,113.40,23.20"


class World:
    def __init__(self) -> None:
        self.clock = SetClock(SystemClock().now())
        self.tail = IncidentTail("127.0.0.1:9")
        self.units = UnitMap()
        self.units.is_complete = True
        incidents = MemoryIncidents(self.clock)
        self.app: FastAPI = dispatch_on_fakes(incidents, NoViews(), tail=self.tail, units=self.units)

    def listen(self, who: Principal = OPERATOR, view: str | None = VIEW, **headers: str) -> Any:
        query = "" if view is None else f"view={view}"
        return listening(self.app, query, {**bearer(who), "Last-Event-ID": POSITION, **headers})

    async def put(self, *rows: tuple[str, float, float], path: str = STATION) -> None:
        """Units are there now, and consoles see them."""
        for unit_id, lon, lat in rows:
            put(self.units, a_unit(unit_id, lon, lat, path=path))
        self.clock.pass_seconds(0.5)
        self.units.publish(int(self.clock.now().timestamp() * 1000))
        await self.units.wake_watchers()


@pytest.fixture
def world() -> World:
    return World()


async def units(client: Listening) -> dict[str, Any]:
    """The next `units` event; its rows as {unit: (lon, lat)}."""
    frame = await client.frame("units")
    assert "id" not in frame
    data = json.loads(frame["data"])
    return {**data, "rows": {row[0]: (row[4], row[5]) for row in data["rows"]}}


async def test_the_stream_ends_when_the_token_does_and_says_so_and_from_where_to_go_on(world: World) -> None:
    async with world.listen(Authorization=f"Bearer {token_for(OPERATOR, GOOD_FOR)}") as client:
        assert await client.frame() == {"retry": "2000", "id": POSITION}
        world.clock.pass_seconds(GOOD_FOR.total_seconds() - 5)
        await world.put(("u1", 113.35, 23.15))
        assert (await client.frame())["event"] == "units"
        assert (await client.frame())["event"] == "units"
        world.clock.pass_seconds(5)
        await world.put(("u1", 113.36, 23.15))
        assert await client.frame() == {"id": POSITION, "event": "token-expired", "data": "{}"}


async def test_an_expired_token_opens_no_stream(world: World) -> None:
    async with world.listen(Authorization=f"Bearer {token_for(OPERATOR, timedelta(seconds=-1))}") as client:
        assert (await answered(client))["code"] == "token-expired"


async def answered(client: Listening) -> dict[str, Any]:
    async with asyncio.timeout(5):
        while not client.body:
            await asyncio.sleep(0.001)
    return json.loads(client.body)


@pytest.mark.parametrize("who", [LEADER, Principal("m", Role.MEMBER, STATION, unit_id="u1")])
async def test_members_have_the_stream_but_not_the_map(world: World, who: Principal) -> None:
    async with world.listen(who) as client:
        problem = await answered(client)
    assert (client.status, problem["code"], problem["field"]) == (403, "forbidden", "view")
    async with world.listen(who, view=None) as client:
        assert (await client.frame())["id"] == POSITION


@pytest.mark.parametrize(
    "view", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "nan,0,1,1", "0,0,181,1", "0,1,1,0", "0,-91,1,0"]
)
async def test_what_is_no_rectangle_is_refused(world: World, view: str) -> None:
    async with world.listen(view=view) as client:
        problem = await answered(client)
    assert (client.status, problem["code"], problem["field"]) == (422, "invalid", "view")


async def test_while_the_map_is_being_read_there_is_none(world: World) -> None:
    world.units.is_complete = False
    async with world.listen() as client:
        assert (await answered(client))["code"] == "unavailable"
    async with world.listen(view=None) as client:
        assert (await client.frame())["id"] == POSITION


async def test_a_view_begins_with_all_its_units_and_goes_on_with_those_that_changed(world: World) -> None:
    await world.put(("in", 113.35, 23.15), ("also", 113.36, 23.15), ("out", 113.50, 23.15))
    async with world.listen() as client:
        first = await units(client)
        assert (first["snapshot"], first["rows"]) == (True, {"in": (113.35, 23.15), "also": (113.36, 23.15)})
        await world.put(("in", 113.351, 23.15), ("out", 113.51, 23.15))
        second = await units(client)
        assert ("snapshot" in second, second["rows"], second["gone"]) == (False, {"in": (113.351, 23.15)}, [])


async def test_what_leaves_the_view_is_shown_once_more_where_it_is_now(world: World) -> None:
    await world.put(("u1", 113.35, 23.15))
    async with world.listen() as client:
        await units(client)
        await world.put(("u1", 113.50, 23.15))
        assert (await units(client))["rows"] == {"u1": (113.50, 23.15)}
        await world.put(("u1", 113.51, 23.15))
        await world.put(("u2", 113.35, 23.15))
        assert (await units(client))["rows"] == {"u2": (113.35, 23.15)}


async def test_what_is_deleted_or_becomes_another_stations_is_gone(world: World) -> None:
    await world.put(("u1", 113.35, 23.15), ("u2", 113.35, 23.15), ("far", 0, 0))
    async with world.listen(OFFICER) as client:
        await units(client)
        world.units.touch("u1").delete()
        world.units.touch("far").delete()
        await world.put(("u2", 113.35, 23.15), path=f"{CITY}/440106/440106008")
        told = await units(client)
        assert (told["rows"], sorted(told["gone"])) == ({}, ["far", "u1", "u2"])


async def test_an_officer_sees_the_units_of_their_own_subtree_only(world: World) -> None:
    await world.put(("own", 113.35, 23.15))
    await world.put(("foreign", 113.35, 23.15), path=f"{CITY}/440106/4401060071")
    async with world.listen(OFFICER) as client:
        assert set((await units(client))["rows"]) == {"own"}
        await world.put(("foreign", 113.36, 23.15), path=f"{CITY}/440106/4401060071")
        await world.put(("own", 113.36, 23.15))
        assert set((await units(client))["rows"]) == {"own"}


async def test_events_of_incidents_come_between_and_the_units_do_not_move_their_position(world: World) -> None:
    await world.put(("u1", 113.35, 23.15))
    async with world.listen() as client:
        await units(client)
        world.tail.hand_out(an_event(partition=3, offset=9))
        await world.put(("u1", 113.351, 23.15))
        event = await client.frame()
        assert event["event"] == "incident-cancelled"
        assert parse_position(event["id"], INCIDENTS.partitions) == {**dict.fromkeys(range(12), 7), 3: 10}
        assert set(await client.frame()) == {"event", "data"}


async def test_who_does_not_keep_up_gets_the_whole_view_anew_and_holds_up_nobody(world: World) -> None:
    await world.put(("u1", 113.35, 23.15), ("u2", 113.35, 23.15))
    async with world.listen() as slow, world.listen() as quick:
        await units(slow)
        await units(quick)
        slow.pause()
        for step in range(REMEMBERED + 3):
            await world.put(("u1", 113.30 + step / 1000, 23.15))
            assert (await units(quick))["rows"] == {"u1": (pytest.approx(113.30 + step / 1000), 23.15)}
        assert slow.waiting() == []
        slow.resume()
        last = (pytest.approx(113.30 + (REMEMBERED + 2) / 1000), 23.15)
        begun = await units(slow)  # was being written when the client stood still
        assert begun["rows"] == {"u1": (113.30, 23.15)}
        anew = await units(slow)
        assert (anew["snapshot"], anew["rows"]) == (True, {"u1": last, "u2": (113.35, 23.15)})
        assert slow.waiting() == []


async def test_who_is_a_little_late_gets_what_changed_as_one(world: World) -> None:
    await world.put(("u1", 113.35, 23.15), ("u2", 113.35, 23.15))
    async with world.listen() as client:
        await units(client)
        client.pause()
        await world.put(("u1", 113.351, 23.15))
        await client.held_up()
        for step in range(REMEMBERED - 1):
            await world.put(("u1", 113.40 + step / 1000, 23.15), ("u2", 113.36, 23.15))
        client.resume()
        await units(client)
        told = await units(client)
        assert "snapshot" not in told
        assert told["rows"] == {"u1": (pytest.approx(113.40 + (REMEMBERED - 2) / 1000), 23.15), "u2": (113.36, 23.15)}
        assert client.waiting() == []


async def test_who_is_woken_often_looks_once() -> None:
    listener = Listener({}, asyncio.Queue())
    for _ in range(3):
        listener.wake()
    assert listener.queue.qsize() == 1
    assert await listener.next(within_s=5) is None
    listener.wake()
    assert listener.queue.qsize() == 1


def an_event(partition: int, offset: int) -> Received:
    body = IncidentCancelled(
        incident_id="i1", station_id="440106007", path=STATION, drill=False, at=AT, by="officer", reason="double"
    )
    envelope = Envelope("e1", "/dispatch", body.ce_type(), "i1", AT, "c", sequence=2)
    return Received(Record(INCIDENTS.name, partition, offset, AT, b"i1", None, {}), envelope, body)
