"""The audit over HTTP, on a history in memory."""

import base64
import csv
import re
from collections.abc import AsyncGenerator, Sequence
from datetime import tzinfo
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from services.analytics.adapters import http_audit
from services.analytics.application.audit_trail import Position, Wanted
from services.analytics.application.ports import HistoryUnavailable
from shared.contracts.audit import ActionRecorded
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.builders.analytics_world import analytics_that_read
from tests.conformance.analytics.happenings import CITY, DISTRICT, OTHER_STATION, STATION, Writer, after, keep
from tests.conformance.analytics.plain_history import PlainHistory
from tests.fakes.audit import MemoryAudit
from tests.fakes.keys import bearer

URL = "/analytics/v1/audit"
AUDITOR = Principal("auditor", Role.AUDITOR, CITY)
OF_DISTRICT = Principal("auditor-2", Role.AUDITOR, DISTRICT)
DAY = {"from": "2026-03-02", "to": "2026-03-03"}


class BrokenHistory(PlainHistory):
    """Answers until it is broken. Some may be written between the count and the list; what is listed is noted."""

    broken = False
    written_since_counted = 0

    def __init__(self, zone: tzinfo) -> None:
        super().__init__(zone)
        self.listed: list[ActionRecorded] = []

    async def count(self, wanted: Wanted, up_to: int) -> int:
        if self.broken:
            raise HistoryUnavailable("no disk left at /secret/path")
        return len(await super().actions(wanted, None, up_to)) - self.written_since_counted

    async def actions(self, wanted: Wanted, before: Position | None, limit: int) -> Sequence[ActionRecorded]:
        if self.broken:
            raise HistoryUnavailable("no disk left at /secret/path")
        found = await super().actions(wanted, before, limit)
        self.listed += found
        return found


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
    done: list[tuple[str, str | None, str | None, str, str, str | None]] = [
        ("operator", "operator", CITY, "duty-board-seen", CITY, None),
        ("officer-1", "officer", STATION, "members-seen", "unit-1", None),
        ("officer-1", "officer", STATION, "units-imported", "=HYPERLINK(0).csv", None),
        ("officer-2", "officer", OTHER_STATION, "members-seen", "unit-2", "forbidden"),
        ("nobody", None, None, "log-in", "", "wrong-credentials"),
    ]
    for number, (actor_id, role, path, action, about, refused) in enumerate(done, 1):
        named = {"actor_id": actor_id, "role": role, "path": path, "action": action, "about": about}
        writer.write(ActionRecorded, after(number), **named, refused=refused, number=number, address="192.0.2.7")
    return writer


async def _asked(client: httpx.AsyncClient, who: Principal = AUDITOR, **query: str) -> httpx.Response:
    answer = await client.get(URL, params={**DAY, **query}, headers=bearer(who))
    assert answer.status_code == 200, answer.text
    return answer


async def _numbers(client: httpx.AsyncClient, who: Principal = AUDITOR, **query: str) -> list[int]:
    return [item["number"] for item in (await _asked(client, who, **query)).json()["items"]]


async def test_a_record_is_shown_whole(client: httpx.AsyncClient) -> None:
    answer = await _asked(client, actor="officer-2")
    (item,) = answer.json()["items"]
    assert re.fullmatch("[0-9a-f]{64}", item.pop("hash"))
    assert item == {
        "at": "2026-03-01T16:00:04Z",
        "actor_id": "officer-2",
        "role": "officer",
        "path": OTHER_STATION,
        "action": "members-seen",
        "about": "unit-2",
        "refused": "forbidden",
        "address": "192.0.2.7",
        "chain_id": "01k0000000000000000000000a",
        "number": 4,
    }
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"actor": "officer-1"}, [3, 2]),
        ({"action": "members-seen"}, [4, 2]),
        ({"refused": "true"}, [5, 4]),
        ({"refused": "true", "action": "log-in"}, [5]),
        ({"from": "2026-03-01T16:00:02Z", "to": "2026-03-02T00:00:04+08:00"}, [3, 2]),
        ({"from": "2026-03-01", "to": "2026-03-02"}, []),
    ],
)
async def test_what_is_asked_for_newest_first(
    client: httpx.AsyncClient, query: dict[str, str], expected: list[int]
) -> None:
    assert await _numbers(client, **query) == expected


async def test_an_auditor_of_a_district_sees_what_its_people_did_and_nothing_of_nobody(
    client: httpx.AsyncClient,
) -> None:
    assert await _numbers(client, OF_DISTRICT) == [3, 2]
    assert await _numbers(client, OF_DISTRICT, actor="officer-2") == await _numbers(client, OF_DISTRICT, actor="none")
    assert await _numbers(client, OF_DISTRICT, actor="nobody") == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
async def test_it_is_for_auditors(client: httpx.AsyncClient, role: Role) -> None:
    answer = await client.get(URL, params=DAY, headers=bearer(Principal("x", role, CITY)))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_pages_follow_one_another_also_when_something_is_done_in_between(
    client: httpx.AsyncClient, history: BrokenHistory
) -> None:
    answer = await _asked(client, limit="2", refused="false")
    seen = [item["number"] for item in answer.json()["items"]]
    writer = Writer()
    writer.write(ActionRecorded, after(3600), path=CITY, number=99, actor_id="somebody-new")
    await keep(history, writer.written)
    while "link" in answer.headers:
        following = answer.links["next"]["url"]
        answer = await client.get(following, headers=bearer(AUDITOR))
        seen += [item["number"] for item in answer.json()["items"]]
    assert seen == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    "position",
    [
        "",
        "x",
        "2026-03-01T16:00:02+00:00",
        "2026-03-01T16:00:02 chain 1",
        "2026-03-01T16:00:02+00:00 chain 99999999999999999999999",
        "2026-03-01T16:00:02+00:00 chain -1",
        "2026-03-01T16:00:02+00:00 ' 1",
        "2026-13-01T16:00:02+00:00 chain 1",
        "0001-01-01T00:00:00+14:00 chain 1",
        "9999-12-31T23:59:59-14:00 chain 1",
        "2026-03-04T16:00:02+00:00 chain 1",
    ],
)
async def test_a_cursor_of_somebody_s_own_making_is_refused(client: httpx.AsyncClient, position: str) -> None:
    cursor = httpx.QueryParams({**DAY, "cursor": _encoded(position)})
    answer = await client.get(URL, params=cursor, headers=bearer(AUDITOR))
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor-invalid")


def _encoded(position: str) -> str:
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({"from": "2026-03-03", "to": "2026-03-02"}, "window-invalid", "to"),
        ({"from": "2025-01-01"}, "too-many-days", "to"),
        ({"from": "0001-01-01"}, "window-invalid", "from"),
        ({"from": "yesterday"}, "invalid", "from"),
        ({"from": ""}, "invalid", "from"),
        ({"actor": "a b"}, "invalid", "actor"),
        ({"actor": "'; DROP TABLE audit_records; --"}, "invalid", "actor"),
        ({"action": "=1+1"}, "invalid", "action"),
        ({"refused": "perhaps"}, "invalid", "refused"),
        ({"limit": "0"}, "invalid", "limit"),
        ({"limit": "201"}, "invalid", "limit"),
        ({"format": "xlsx"}, "invalid", "format"),
    ],
)
async def test_a_wrong_question_names_its_field(
    client: httpx.AsyncClient, audit: MemoryAudit, query: dict[str, str], code: str, field: str
) -> None:
    answer = await client.get(URL, params={**DAY, **query}, headers=bearer(AUDITOR))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["field"].startswith(field)
    assert audit.actions == []


async def test_a_time_must_be_named(client: httpx.AsyncClient) -> None:
    answer = await client.get(URL, headers=bearer(AUDITOR))
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "invalid", "from")


@pytest.mark.parametrize("form", ["json", "csv"])
async def test_a_history_that_is_away_says_so_and_no_more(
    client: httpx.AsyncClient, history: BrokenHistory, form: str
) -> None:
    history.broken = True
    answer = await client.get(URL, params={**DAY, "format": form}, headers=bearer(AUDITOR))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "2"
    assert "secret" not in answer.text


async def test_a_file_holds_all_that_fits_the_filters_and_runs_nothing(client: httpx.AsyncClient) -> None:
    answer = await _asked(client, actor="officer-1", format="csv", limit="1")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [line["number"] for line in lines] == ["3", "2"]
    assert lines[0]["about"] == "'=HYPERLINK(0).csv"
    assert lines[0]["at"] == "2026-03-02 00:00:03.000+08:00"
    assert lines[0]["refused"] == ""


async def test_a_file_speaks_chinese_when_asked(client: httpx.AsyncClient) -> None:
    headers = {**bearer(AUDITOR), "Accept-Language": "zh-CN", "Accept": "text/csv"}
    answer = await client.get(URL, params=DAY, headers=headers)
    assert answer.content.decode("utf-8-sig").startswith("时间,账户,角色,节点,操作,")


async def test_a_file_that_would_be_too_long_is_refused_whole_and_before_it_is_read(
    client: httpx.AsyncClient, history: BrokenHistory, audit: MemoryAudit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_audit, "EXPORT_MAX", 4)
    answer = await client.get(URL, params={**DAY, "format": "csv"}, headers=bearer(AUDITOR))
    assert (answer.status_code, answer.json()["code"]) == (422, "too-many-records")
    assert audit.actions == []
    assert history.listed == []
    assert (await _asked(client, format="csv", refused="true")).status_code == 200


async def test_a_file_that_grew_too_long_since_it_was_counted_is_refused_as_well(
    client: httpx.AsyncClient, history: BrokenHistory, audit: MemoryAudit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_audit, "EXPORT_MAX", 4)
    history.written_since_counted = 1
    answer = await client.get(URL, params={**DAY, "format": "csv"}, headers=bearer(AUDITOR))
    assert (answer.status_code, answer.json()["code"]) == (422, "too-many-records")
    assert audit.actions == []


@pytest.mark.parametrize(
    ("query", "recorded"),
    [
        ({}, ("audit-seen", CITY)),
        ({"actor": "officer-1"}, ("audit-seen", "officer-1")),
        ({"format": "csv"}, ("audit-exported", CITY)),
        ({"actor": "officer-1", "format": "csv"}, ("audit-exported", "officer-1")),
    ],
)
async def test_a_look_is_on_record_and_nothing_is_shown_without(
    client: httpx.AsyncClient, audit: MemoryAudit, query: dict[str, Any], recorded: tuple[str, str]
) -> None:
    await _asked(client, **query)
    assert [(action.actor_id, (action.action, action.about)) for action in audit.actions] == [("auditor", recorded)]
    audit.away = True
    answer = await client.get(URL, params={**DAY, **query}, headers=bearer(AUDITOR))
    assert answer.status_code == 503
    assert "officer-1" not in answer.text
