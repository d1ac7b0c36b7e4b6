"""The figures over HTTP, on a history in memory."""

import csv
from collections.abc import AsyncGenerator
from io import BytesIO, StringIO
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from openpyxl import load_workbook

from services.analytics.adapters.xlsx_answers import XLSX
from services.analytics.application.ports import HistoryUnavailable, Question
from shared.contracts import delivery, duty, incident, registry
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.builders.analytics_world import analytics_that_read
from tests.conformance.analytics.happenings import CITY, DISTRICT, OTHER_STATION, STATION, Writer, after
from tests.conformance.analytics.plain_history import PlainHistory
from tests.fakes.audit import MemoryAudit
from tests.fakes.keys import bearer

OPERATOR = Principal("op-1", Role.OPERATOR, CITY)
OFFICER = Principal("of-1", Role.OFFICER, STATION)
DAY = {"from": "2026-03-02", "to": "2026-03-03"}
URL = "/analytics/v1/figures"


class BrokenHistory(PlainHistory):
    """Answers until it is broken."""

    broken = False

    async def measure(self, question: Question) -> Any:
        if self.broken:
            raise HistoryUnavailable("no disk left at /secret/path")
        return await super().measure(question)


@pytest.fixture
def history() -> BrokenHistory:
    return BrokenHistory(ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def audit() -> MemoryAudit:
    return MemoryAudit()


@pytest.fixture
async def client(history: BrokenHistory, audit: MemoryAudit) -> AsyncGenerator[httpx.AsyncClient]:
    async with analytics_that_read(_a_day(), history, audit) as client:
        yield client


def _a_day() -> Writer:
    writer = Writer()
    writer.write(registry.Station, after(-9e6), station_id="s1", name="=天河南派出所", path=STATION)
    writer.write(registry.Station, after(-9e6), station_id="s2", name="农林派出所", path=OTHER_STATION)
    writer.write(registry.Station, after(-9e6), station_id="district", name="天河分局", path=DISTRICT)
    writer.write(registry.Unit, after(-9e6), unit_id="u1", station_id="s1", path=STATION)
    writer.write(duty.UnitDutyChanged, after(0), unit_id="u1", state="on", until=after(6 * 3600))
    for name, station, path, drill in (
        ("a", "s1", STATION, False),
        ("b", "s2", OTHER_STATION, False),
        ("c", "s1", STATION, True),
    ):
        placed = {"incident_id": name, "station_id": station, "path": path, "drill": drill}
        writer.write(incident.IncidentReported, after(60), **placed)
        writer.write(incident.OrderIssued, after(61), **placed, order_id=f"o-{name}")
        writer.write(incident.OrderAcknowledged, after(70), **placed, order_id=f"o-{name}", after_s=9.5)
        writer.write(
            incident.AssigneeArrived, after(170), **placed, order_id=f"o-{name}", after_s=110.0, order_after_s=109.0
        )
        writer.write(incident.StageAttained, after(170), **placed, stage=3, in_time=True)
        writer.write(delivery.DeliveryPlanned, after(62), **placed, delivery_id=f"d-{name}")
        writer.write(delivery.AttemptEnded, after(63), **placed, delivery_id=f"d-{name}")
    return writer


async def _rows(client: httpx.AsyncClient, principal: Principal = OPERATOR, **query: str) -> list[dict[str, Any]]:
    answer = await client.get(URL, params={**DAY, **query}, headers=bearer(principal))
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


async def test_figures_of_the_city(client: httpx.AsyncClient) -> None:
    answer = await client.get(URL, params=DAY, headers=bearer(OPERATOR))
    body = answer.json()
    assert (body["station"], body["by"], body["drill"]) == (None, "none", False)
    assert body["window"] == {"from": "2026-03-02T00:00:00+08:00", "to": "2026-03-03T00:00:00+08:00"}
    (row,) = body["rows"]
    figures = row["figures"]
    assert figures["incidents"] == {"self-harm": 2}
    assert figures["coverage"] == {"on_duty_s": 21600.0, "registered_s": 86400.0, "share": 0.25}
    assert figures["acknowledged"]["spread"] == {"p50_s": 9.5, "p90_s": 9.5, "p99_s": 9.5}
    assert figures["arrived"]["done"] == 2
    assert figures["arrived"]["never"] == 0
    assert figures["first_arrived"]["spread"]["p50_s"] == 110.0
    assert figures["stages"] == [{"stage": 3, "due": 2, "in_time": 2, "late": 0, "missed": 0, "share": 1.0}]
    assert figures["reach"] == {"recipients": 2, "reached": 2, "acknowledged": 0, "failed": 0, "share": 1.0}


async def test_drills_are_asked_for_by_name(client: httpx.AsyncClient) -> None:
    (row,) = await _rows(client, drill="true")
    assert row["figures"]["incidents"] == {"self-harm": 1}
    assert row["figures"]["coverage"] is None


async def test_by_station_each_is_named(client: httpx.AsyncClient) -> None:
    rows = await _rows(client, by="station")
    assert [(row["key"], row["name"]) for row in rows] == [("s1", "=天河南派出所"), ("s2", "农林派出所")]


async def test_by_day_also_those_on_which_nothing_happened(client: httpx.AsyncClient) -> None:
    rows = await _rows(client, by="day", **{"from": "2026-03-01", "to": "2026-03-04"})
    assert [(row["key"], sum(row["figures"]["incidents"].values())) for row in rows] == [
        ("2026-03-01", 0),
        ("2026-03-02", 2),
        ("2026-03-03", 0),
    ]


async def test_by_class(client: httpx.AsyncClient) -> None:
    assert [row["key"] for row in await _rows(client, by="class")] == ["self-harm"]


async def test_a_quiet_time_gives_zeros_and_nulls(client: httpx.AsyncClient) -> None:
    (row,) = await _rows(client, **{"from": "2020-01-01", "to": "2020-01-02"})
    assert row["figures"]["incidents"] == {}
    assert row["figures"]["coverage"] == {"on_duty_s": 0.0, "registered_s": 0.0, "share": None}
    assert row["figures"]["acknowledged"]["spread"] == {"p50_s": None, "p90_s": None, "p99_s": None}


async def test_moments_with_an_offset_are_taken_as_they_are(client: httpx.AsyncClient) -> None:
    exact = {"from": "2026-03-01T16:01:00Z", "to": "2026-03-02T00:01:00.000001+08:00"}
    (row,) = await _rows(client, **exact)
    assert row["figures"]["incidents"] == {"self-harm": 2}
    (row,) = await _rows(client, **{**exact, "to": "2026-03-02T00:01:00+08:00"})
    assert row["figures"]["incidents"] == {}


async def test_nothing_is_said_of_time_to_come(client: httpx.AsyncClient) -> None:
    (row,) = await _rows(client, **{"from": "2026-03-03", "to": "2036-03-03"})
    assert row["figures"]["coverage"]["registered_s"] == 24 * 3600


async def test_a_token_sees_its_own_subtree(client: httpx.AsyncClient) -> None:
    (row,) = await _rows(client, OFFICER)
    assert row["figures"]["incidents"] == {"self-harm": 1}
    (row,) = await _rows(client, station="district")
    assert row["figures"]["incidents"] == {"self-harm": 1}


@pytest.mark.parametrize("station", ["s2", "district", "nowhere"])
async def test_another_station_is_not_there(client: httpx.AsyncClient, station: str) -> None:
    answer = await client.get(URL, params={**DAY, "station": station}, headers=bearer(OFFICER))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-station")


@pytest.mark.parametrize("role", [Role.LEADER, Role.MEMBER, Role.DISPLAY, Role.PARTNER])
async def test_figures_are_for_officers_and_operators(client: httpx.AsyncClient, role: Role) -> None:
    answer = await client.get(URL, params=DAY, headers=bearer(Principal("x", role, STATION)))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({"from": "2026-03-03", "to": "2026-03-02"}, "window-invalid", "to"),
        ({"to": "2026-03-02"}, "invalid", "from"),
        ({"from": "yesterday"}, "invalid", "from"),
        ({"from": "2026-03-02T10:00:00"}, "invalid", "from"),
        ({"by": "moon"}, "invalid", "by"),
        ({"drill": "perhaps"}, "invalid", "drill"),
        ({"station": "a b"}, "invalid", "station"),
        ({"format": "pdf"}, "invalid", "format"),
        ({"from": "2020-01-01", "by": "day"}, "too-many-days", "to"),
        ({"from": "1971-01-01", "by": "day"}, "too-many-days", "to"),
        ({"from": "0001-01-01T00:00:00+14:00", "by": "day"}, "window-invalid", "from"),
        ({"from": "0001-01-01"}, "window-invalid", "from"),
        ({"to": "9999-12-31T23:59:59-14:00", "from": "2026-03-02"}, "window-invalid", "to"),
    ],
)
async def test_a_wrong_question_names_its_field(
    client: httpx.AsyncClient, query: dict[str, str], code: str, field: str
) -> None:
    params = query if "from" not in query and "to" in query else {**DAY, **query}
    answer = await client.get(URL, params=params, headers=bearer(OPERATOR))
    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert answer.json()["field"].startswith(field)


async def test_a_history_that_is_away_says_so_and_no_more(client: httpx.AsyncClient, history: BrokenHistory) -> None:
    history.broken = True
    answer = await client.get(URL, params=DAY, headers=bearer(OPERATOR))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ({}, "text/csv", "text/csv; charset=utf-8"),
        ({"format": "csv"}, "*/*", "text/csv; charset=utf-8"),
        ({"format": "json"}, "text/csv", "application/json"),
        ({}, "*/*", "application/json"),
        ({"format": "xlsx"}, "*/*", XLSX),
        ({}, XLSX, XLSX),
    ],
)
async def test_the_form_is_asked_for_by_name_or_by_header(
    client: httpx.AsyncClient, query: dict[str, str], accept: str, expected: str
) -> None:
    answer = await client.get(URL, params={**DAY, **query}, headers={**bearer(OPERATOR), "Accept": accept})
    assert answer.headers["content-type"] == expected


async def test_a_spreadsheet_opens_it_and_runs_nothing(client: httpx.AsyncClient) -> None:
    query = {**DAY, "by": "station", "format": "csv"}
    answer = await client.get(URL, params=query, headers=bearer(OPERATOR))
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.content.count(b"\r\n") == answer.content.count(b"\n") == 3
    lines = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [line["name"] for line in lines] == ["'=天河南派出所", "农林派出所"]
    assert lines[0]["coverage_share"] == "0.25"
    assert lines[0]["stage_3_share"] == "1.0"
    assert lines[0]["incidents_self-harm"] == "1"
    assert lines[1]["coverage_share"] == ""


async def test_the_same_numbers_come_as_numbers_in_a_workbook(client: httpx.AsyncClient) -> None:
    query = {**DAY, "by": "station", "format": "xlsx"}
    answer = await client.get(URL, params=query, headers={**bearer(OPERATOR), "Accept-Language": "zh"})
    assert answer.headers["content-disposition"] == 'attachment; filename="figures.xlsx"'
    header, *lines = load_workbook(BytesIO(answer.content)).worksheets[0].iter_rows()
    assert [cell.value for cell in header][:3] == ["单位编号", "名称", "在岗率"]
    assert [[cell.value for cell in line][:3] for line in lines] == [
        ["s1", "=天河南派出所", 0.25],
        ["s2", "农林派出所", None],
    ]
    assert [cell.data_type for cell in lines[0]][:3] == ["s", "s", "n"]


async def test_a_spreadsheet_speaks_chinese_when_asked(client: httpx.AsyncClient) -> None:
    headers = {**bearer(OPERATOR), "Accept-Language": "zh-CN"}
    answer = await client.get(URL, params={**DAY, "format": "csv"}, headers=headers)
    assert answer.content.decode("utf-8-sig").startswith("范围,名称,在岗率,")
    assert answer.headers["content-language"] == "zh-CN"


async def test_by_class_and_for_drills_coverage_is_left_empty(client: httpx.AsyncClient) -> None:
    answer = await client.get(URL, params={**DAY, "by": "class", "format": "csv"}, headers=bearer(OPERATOR))
    (line,) = csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert (line["class"], line["coverage_share"], line["on_duty_h"]) == ("self-harm", "", "")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_an_export_is_on_record_and_a_look_is_not(
    client: httpx.AsyncClient, audit: MemoryAudit, form: str
) -> None:
    query = {"from": "2026-03-01", "to": "2026-03-02"}
    headers = bearer(Principal("o-1", Role.OFFICER, DISTRICT))
    assert (await client.get("/analytics/v1/figures", params=query, headers=headers)).status_code == 200
    assert audit.actions == []
    query["format"] = form
    assert (await client.get("/analytics/v1/figures", params=query, headers=headers)).status_code == 200
    assert [(action.actor_id, action.action, action.about) for action in audit.actions] == [
        ("o-1", "figures-exported", DISTRICT)
    ]
    audit.away = True
    assert (await client.get("/analytics/v1/figures", params=query, headers=headers)).status_code == 503
