"""A unit's history over HTTP, on a history in memory."""

from collections.abc import AsyncGenerator
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from services.analytics.application.ports import HistoryUnavailable
from shared.contracts import duty, incident, registry
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.builders.analytics_world import analytics_that_read
from tests.conformance.analytics.happenings import CITY, OTHER_STATION, STATION, Writer, after
from tests.conformance.analytics.plain_history import PlainHistory
from tests.fakes.audit import MemoryAudit
from tests.fakes.keys import bearer

OPERATOR = Principal("op-1", Role.OPERATOR, CITY)
OFFICER = Principal("of-1", Role.OFFICER, STATION)
ELSEWHERE = Principal("of-2", Role.OFFICER, OTHER_STATION)
URL = "/analytics/v1/units/u/history"


class BrokenHistory(PlainHistory):
    """Answers until it is broken."""

    broken = False

    async def unit_path(self, unit_id: str) -> str | None:
        if self.broken:
            raise HistoryUnavailable("no disk left at /secret/path")
        return await super().unit_path(unit_id)


@pytest.fixture
def history() -> BrokenHistory:
    return BrokenHistory(ZoneInfo("Asia/Shanghai"))


@pytest.fixture
async def client(history: BrokenHistory) -> AsyncGenerator[httpx.AsyncClient]:
    """It is two days after START."""
    async with analytics_that_read(_a_past(), history, MemoryAudit()) as client:
        yield client


def _a_past() -> Writer:
    """The unit belonged to OTHER_STATION when it was ordered to an incident of there."""
    writer = Writer()
    unit = {"unit_id": "u", "path": OTHER_STATION}
    writer.write(registry.Unit, after(-9e6), **unit)
    order = {"incident_id": "i", "order_id": "o", "assignee_id": "u", "path": OTHER_STATION, "drill": True}
    writer.write(incident.OrderIssued, after(-40 * 86_400), **{**order, "incident_id": "old", "order_id": "old"})
    writer.write(duty.MemberCheckedIn, after(10), **unit, renewed=False)
    writer.write(duty.UnitDutyChanged, after(10), **unit, state="on", on_duty=("m",), quorum=1)
    writer.write(incident.OrderIssued, after(20.000001), **order, incident_class="rescue", severity="minor")
    writer.write(incident.OrderDeclined, after(30), **order, reason="too-far")
    writer.write(registry.Unit, after(40), unit_id="u", path=STATION)
    return writer


async def _ask(client: httpx.AsyncClient, who: Principal = OFFICER, **query: str) -> dict[str, Any]:
    answer = await client.get(URL, params=query, headers=bearer(who))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_last_thirty_days_newest_first(client: httpx.AsyncClient) -> None:
    body = await _ask(client)
    assert body["window"] == {"from": "2026-02-01T16:00:00Z", "to": "2026-03-03T16:00:00Z"}
    assert body["items"] == [
        {
            "kind": "order",
            "at": "2026-03-01T16:00:20.000001Z",
            "order_id": "o",
            "incident_id": "i",
            "class": "rescue",
            "severity": "minor",
            "drill": True,
            "acknowledged_at": None,
            "arrived_at": None,
            "ended_at": "2026-03-01T16:00:30Z",
            "ended": "declined",
            "reason": "too-far",
        },
        {
            "kind": "duty",
            "at": "2026-03-01T16:00:10Z",
            "sequence": body["items"][1]["sequence"],
            "came": 1,
            "left": 0,
            "lapsed": 0,
            "before": None,
            "state": "on",
            "on_duty": 1,
            "quorum": 1,
        },
    ]


async def test_pages_go_on_where_the_one_before_ended(client: httpx.AsyncClient) -> None:
    first = await client.get(URL, params={"limit": "1"}, headers=bearer(OFFICER))
    following = await client.get(first.links["next"]["url"], headers=bearer(OFFICER))
    assert [answer.json()["items"][0]["kind"] for answer in (first, following)] == ["order", "duty"]
    assert "next" not in following.links


async def test_what_is_longer_ago_is_asked_for_by_date(client: httpx.AsyncClient) -> None:
    body = await _ask(client, **{"from": "2026-01-01", "to": "2026-02-01"})
    assert [entry["order_id"] for entry in body["items"]] == ["old"]


async def test_the_past_goes_with_the_unit_to_its_new_station(client: httpx.AsyncClient) -> None:
    assert len((await _ask(client, OFFICER))["items"]) == 2
    assert (await _ask(client, OPERATOR))["items"] == (await _ask(client, OFFICER))["items"]
    left = await client.get(URL, headers=bearer(ELSEWHERE))
    unknown = await client.get(URL.replace("/u/", "/v/"), headers=bearer(ELSEWHERE))
    assert (left.status_code, left.json()["code"]) == (404, "not-found")
    drop = ("correlation_id", "instance")
    assert {k: v for k, v in left.json().items() if k not in drop} == {
        k: v for k, v in unknown.json().items() if k not in drop
    }


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({"from": "2026-03-02", "to": "2026-03-01"}, "window-invalid", "to"),
        ({"from": "2025-01-01", "to": "2026-03-01"}, "too-many-days", "from"),
        ({"to": "1970-01-01"}, "window-invalid", "from"),
        ({"to": "0001-01-01"}, "window-invalid", "to"),
        ({"from": "9999-01-01"}, "window-invalid", "from"),
        ({"cursor": "bm8"}, "cursor-invalid", "cursor"),
        ({"limit": "0"}, "invalid", "limit"),
    ],
)
async def test_a_wrong_question_names_its_field(
    client: httpx.AsyncClient, query: dict[str, str], code: str, field: str
) -> None:
    answer = await client.get(URL, params=query, headers=bearer(OFFICER))
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)


async def test_a_history_that_is_away_says_so_and_no_more(client: httpx.AsyncClient, history: BrokenHistory) -> None:
    history.broken = True
    answer = await client.get(URL, headers=bearer(OFFICER))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "secret" not in answer.text
