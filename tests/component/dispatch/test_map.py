"""`GET /dispatch/v1/map/units` on a map in memory."""

import gzip
import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from services.dispatch.adapters.incident_tail import IncidentTail, parse_position
from services.dispatch.application.mapped_unit import FIELDS
from services.dispatch.application.unit_map import UnitMap
from shared.contracts.topics import INCIDENTS
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.builders.dispatch_api import dispatch_on_fakes
from tests.builders.mapped_units import CITY, a_unit, put
from tests.component.dispatch.fakes import MemoryIncidents, NoViews, SetClock
from tests.component.dispatch.test_stream import an_event
from tests.fakes.keys import bearer

OWN, OTHER = f"{CITY}/440106/440106007", f"{CITY}/440106/440106008"
OPERATOR = Principal("operator", Role.OPERATOR, CITY)
PATH = "/dispatch/v1/map/units"


class Api:
    def __init__(self) -> None:
        self.units = UnitMap()
        self.tail = IncidentTail("127.0.0.1:9")
        app = dispatch_on_fakes(MemoryIncidents(SetClock()), NoViews(), tail=self.tail, units=self.units)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")

    async def get(self, who: Principal, **headers: str) -> httpx.Response:
        return await self.http.get(PATH, headers={**bearer(who), **headers})


@pytest.fixture
async def api() -> AsyncGenerator[Api]:
    api = Api()
    put(api.units, a_unit("own", 113.35, 23.15, path=OWN, name="天河体育中心"))
    put(api.units, a_unit("other", 113.36, 23.16, path=OTHER))
    api.units.publish(1_777_600_800_000)
    api.units.is_complete = True
    async with api.http:
        yield api


def ids(answer: httpx.Response) -> set[str]:
    return {row[0] for row in answer.json()["rows"]}


async def test_the_answer_is_one_table(api: Api) -> None:
    body = (await api.get(OPERATOR)).json()
    assert tuple(body["fields"]) == FIELDS
    assert {row[0]: row for row in body["rows"]}["own"] == [
        *("own", "天河体育中心", "B", "440106007", 113.35, 23.15, "off", 0, 2, None, None)
    ]
    assert body["at"] == "2026-05-01T02:00:00+00:00"


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (OPERATOR, {"own", "other"}),
        (Principal("d", Role.OFFICER, f"{CITY}/440106"), {"own", "other"}),
        (Principal("o", Role.OFFICER, OWN, station_id="440106007"), {"own"}),
        (Principal("e", Role.OFFICER, f"{CITY}/440103"), set[str]()),
    ],
)
async def test_everybody_sees_their_own_subtree(api: Api, who: Principal, seen: set[str]) -> None:
    assert ids(await api.get(who)) == seen
    assert ids(await api.get(who)) == seen


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OPERATOR, Role.OFFICER)])
async def test_the_map_is_for_operators_and_officers(api: Api, role: Role) -> None:
    answer = await api.get(Principal("x", role, CITY, unit_id="own"))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_nobody_has_the_map_without_a_token(api: Api) -> None:
    assert (await api.http.get(PATH)).status_code == 401


async def test_while_the_map_is_being_read_there_is_none(api: Api) -> None:
    api.units.is_complete = False
    answer = await api.get(OPERATOR)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, deflate, br", "gzip"), ("identity", None), ("br", None)])
async def test_it_is_zipped_for_who_takes_it(api: Api, accepted: str, encoding: str | None) -> None:
    async with api.http.stream("GET", PATH, headers={**bearer(OPERATOR), "Accept-Encoding": accepted}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == encoding
    body: Any = json.loads(gzip.decompress(raw) if encoding else raw)
    assert len(body["rows"]) == 2
    assert answer.headers["vary"] == "Accept-Encoding"


async def test_the_position_is_that_of_the_stream_now(api: Api) -> None:
    for partition in range(INCIDENTS.partitions):
        api.tail.hand_out(an_event(partition=partition, offset=partition + 4))
    position = (await api.get(OPERATOR)).json()["position"]
    assert parse_position(position, INCIDENTS.partitions) == {n: n + 5 for n in range(INCIDENTS.partitions)}
