"""The duty board over HTTP: whose it is, and what it says."""

from datetime import UTC, datetime, timedelta

import pytest

from services.checkin.domain.state import Facts, Unmanned
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role, SiteClass
from tests.component.checkin.conftest import (
    DISPLAY,
    ELSEWHERE,
    LEADER,
    MEMBER,
    OFFICER,
    OPERATOR,
    Desk,
    manned,
)
from tests.conformance.checkin.city import STATION_PATH
from tests.fakes.keys import bearer

STRANGERS = [
    Principal("x", role, "/440100")
    for role in (Role.PARTNER, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR)
]


async def test_a_station_sees_who_is_on_and_who_is_missing(desk: Desk) -> None:
    desk.book.duties = {"u-1": manned("u-1", "m-2", quorum=3)}
    answer = await desk.get(OFFICER, "/duty-board")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    board = answer.json()
    (station,) = board["items"]
    assert {name: station[name] for name in ("station_id", "units", "on", "short", "off", "people_on")} == {
        "station_id": "440106001",
        "units": 1,
        "on": 0,
        "short": 1,
        "off": 0,
        "people_on": 1,
    }
    (shortfall,) = station["shortfalls"]
    assert (shortfall["unit_id"], shortfall["class"], shortfall["quorum"]) == ("u-1", "B", 3)
    assert shortfall["why"] == "below-quorum"
    (there,) = shortfall["on_duty"]
    assert (there["member_id"], there["name"], there["post_name"]) == ("m-2", "李*", "东门")
    assert shortfall["missing"] == [{"member_id": "m-1", "name": "陈*", "post_id": None, "post_name": ""}]
    assert shortfall["rostered"] is False
    assert (board["shortfalls_total"], board["shortfalls_shown"]) == (1, 1)
    assert "陈试" not in answer.text


async def test_a_unit_whose_lease_has_just_ended_says_so(desk: Desk) -> None:
    facts = Facts("u-1", "440106001", STATION_PATH, SiteClass.B, 3)
    desk.book.duties = {"u-1": Unmanned(facts, None, (), desk.clock.now() - timedelta(minutes=5))}
    (station,) = (await desk.get(OFFICER, "/duty-board")).json()["items"]
    assert station["shortfalls"][0]["why"] == "lease-ended"


async def test_a_roster_is_read_in_the_citys_time(desk: Desk) -> None:
    desk.clock.time = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)  # a Sunday; Monday, half past midnight in Guangzhou
    text = "单元,队员,星期,开始时间,结束时间,点位\nu-1,m-1,周一,00:00,08:00,p-2\nu-1,m-2,周日,16:00,24:00,\n"
    files = {"file": ("rosters.csv", text.encode(), "text/csv")}
    answer = await desk.http.post("/checkin/v1/imports/rosters", files=files, headers=bearer(OFFICER))
    assert (answer.status_code, answer.json()["accepted"]) == (200, 2), answer.text
    (station,) = (await desk.get(OFFICER, "/duty-board")).json()["items"]
    (shortfall,) = station["shortfalls"]
    assert shortfall["rostered"] is True
    assert shortfall["missing"] == [{"member_id": "m-1", "name": "陈*", "post_id": "p-2", "post_name": "西门"}]


async def test_the_city_has_all_its_stations_and_may_ask_for_one(desk: Desk) -> None:
    stations = (await desk.get(OPERATOR, "/duty-board")).json()["items"]
    assert [station["station_id"] for station in stations] == ["440106001", "440106002"]
    (one,) = (await desk.get(OPERATOR, "/duty-board?station=440106002")).json()["items"]
    assert (one["station_id"], one["units"]) == ("440106002", 0)


async def test_a_station_elsewhere_is_as_unknown_as_one_that_is_not_there(desk: Desk) -> None:
    for station in ("440106001", "440199"):
        answer = await desk.get(ELSEWHERE, f"/duty-board?station={station}")
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown-station")


@pytest.mark.parametrize("who", [MEMBER, LEADER, DISPLAY, *STRANGERS], ids=lambda who: who.role.value)
async def test_it_is_for_operators_and_officers_only(desk: Desk, who: Principal) -> None:
    answer = await desk.get(who, "/duty-board")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_nothing_is_said_while_the_registry_is_being_read(desk: Desk) -> None:
    desk.directory.whole = False
    assert (await desk.get(OFFICER, "/duty-board")).status_code == 503
