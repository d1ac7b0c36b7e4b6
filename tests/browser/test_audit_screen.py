"""An auditor at work in a real browser, on the real APIs: what others did is read, narrowed down and taken away."""

import csv
import re
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from services.checkin.domain.accounts import Account, Credentials, Right
from shared.ports import Action
from shared.vocabulary.terms import Role
from tests.browser.console_server import serving
from tests.browser.pages import faultless, is_accessible
from tests.browser.test_administration import CITY_TIME, FAR_TIME, RunningClock, log_in
from tests.builders.analytics_world import analytics_on_fakes
from tests.builders.kept_audit import KeptAudit
from tests.component.checkin.conftest import MEMBER, OFFICER, Desk, desk_on_fakes
from tests.conformance.analytics.plain_history import PlainHistory
from tests.fakes.keys import bearer

CITY = "/440100"
ONE_TIME = "a one-time password"
AUDITOR = Account("auditor-1", "auditor", "审计员", Right(Role.AUDITOR, CITY))
HOSTILE = "=HYPERLINK(0)<img src=x onerror=alert(1)>\u202e.csv"
MANY = 130


@asynccontextmanager
async def city_at_work(audit: KeptAudit) -> AsyncGenerator[Desk]:
    """Somebody looked, somebody was refused, somebody failed to log in; and one account did a lot."""
    async with desk_on_fakes(clock=RunningClock(), audit=audit) as desk:
        await desk.accounts.add(AUDITOR, Credentials(f"hash of {ONE_TIME}", datetime.now(UTC) + timedelta(days=1)))
        for number in range(MANY):
            seen = Action(actor_id="busy", action="pin-seen", about=f"post-{number}", role="officer", path=CITY)
            await audit.record(seen)
        await audit.record(Action(actor_id="newer", action="came-with-a-newer-version", path=CITY))
        await work(desk)
        yield desk


async def work(desk: Desk) -> None:
    await desk.get(OFFICER, "/units/u-1/members")
    await desk.get(MEMBER, "/duty-board")
    await desk.http.post("/checkin/v1/sessions", json={"login": "somebody", "password": "guessed wrong"})
    file = {"file": (HOSTILE, b"code,name,site\n", "text/csv")}
    await desk.http.post("/checkin/v1/imports/units", files=file, headers=bearer(OFFICER))


@pytest.fixture(scope="module")
def site() -> Generator[str]:
    history = PlainHistory(ZoneInfo(CITY_TIME))
    audit = KeptAudit(history, RunningClock())
    with serving(lambda: city_at_work(audit), analytics=lambda: analytics_on_fakes(history, audit)) as address:
        yield address


@pytest.fixture(scope="module")
def context(chromium: Browser, site: str) -> Generator[BrowserContext]:
    """The auditor is logged in: one session for all tests here."""
    options = {"locale": "zh-CN", "timezone_id": FAR_TIME, "viewport": {"width": 1366, "height": 900}}
    with faultless(chromium, base_url=site, **options) as context:
        log_in(context, ONE_TIME, "auditor").close()
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Generator[Page]:
    page = context.new_page()
    page.goto("/console/audit")
    expect(rows(page).first).to_be_visible()
    yield page
    page.close()


def rows(page: Page) -> Locator:
    return page.get_by_role("table", name="审计").locator("tbody tr")


def looks(page: Page) -> list[str]:
    """What the page asks the audit for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/analytics/v1/audit?" in request.url else None)
    return asked


def test_what_was_done_is_read_in_words(page: Page) -> None:
    is_accessible(page)
    seen = rows(page).filter(has_text="查看单元成员")
    expect(seen).to_contain_text("o-1")
    expect(seen).to_contain_text("分局/派出所民警")
    expect(seen).to_contain_text("u-1")
    refused = rows(page).filter(has_text="读取被拒绝")
    expect(refused).to_contain_text("m-2")
    expect(refused).to_contain_text("角色无此权限")
    vain = rows(page).filter(has_text="未知账户")
    expect(vain).to_contain_text("账号、密码或验证码有误")
    expect(rows(page).filter(has_text="came-with-a-newer-version")).to_have_count(1)
    expect(rows(page).filter(has_text="导入单元")).to_contain_text(HOSTILE)
    page.get_by_text("关于本页").click()
    expect(page.get_by_text("meu audit verify")).to_be_visible()
    is_accessible(page)


def test_looking_is_on_record_once_a_look(page: Page) -> None:
    page.get_by_label("操作", exact=True).select_option("audit-seen")
    expect(rows(page).first).to_contain_text("查看审计记录")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    before = rows(page).count()
    page.get_by_role("button", name="刷新").click()
    expect(rows(page)).to_have_count(before + 1)
    expect(rows(page).first).to_contain_text("auditor-1")


def test_the_next_page_is_read_on_demand(page: Page) -> None:
    page.get_by_label("账户编号").fill("busy")
    page.get_by_label("账户编号").press("Enter")
    expect(rows(page)).to_have_count(100)
    expect(rows(page).first).to_contain_text(f"post-{MANY - 1}")
    page.get_by_role("button", name="继续显示").click()
    expect(rows(page)).to_have_count(MANY)
    expect(rows(page).last).to_contain_text("post-0")
    expect(page.get_by_text(f"共 {MANY} 条记录")).to_be_visible()


def test_what_is_asked_for_stands_in_the_address(page: Page) -> None:
    page.get_by_label("仅被拒绝的").check()
    expect(rows(page).filter(has_text="m-2")).to_have_count(1)
    expect(rows(page).filter(has_text="o-1")).to_have_count(0)
    page.get_by_label("操作", exact=True).select_option("log-in")
    expect(rows(page)).to_have_count(1)
    page.reload()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_label("仅被拒绝的")).to_be_checked()
    page.get_by_label("账户编号").fill("nobody-else")
    page.get_by_label("账户编号").press("Enter")
    expect(page.get_by_text("没有符合条件的记录")).to_be_visible()
    is_accessible(page)
    page.get_by_role("button", name="取消筛选").click()
    expect(rows(page)).to_have_count(100)


def test_a_date_is_asked_for_when_it_is_whole(page: Page) -> None:
    page.goto("/console/audit?from=2025-06-15&to=2025-06-20")
    expect(page.get_by_text("此时段没有记录")).to_be_visible()
    asked = looks(page)
    first = page.get_by_label("起始日期")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        first.press(key)
    wanted = first.input_value()
    assert wanted != "2025-06-15"
    expect(page).to_have_url(re.compile(f"from={wanted}"))
    first.fill("2025-06-01")
    first.blur()
    expect(page).to_have_url(re.compile("from=2025-06-01"))
    expect(page.get_by_text("此时段没有记录")).to_be_visible()
    assert [re.findall("from=([0-9-]+)", url) for url in asked] == [[wanted], ["2025-06-01"]]


def test_a_date_that_cannot_be_asked_for_is_not(page: Page) -> None:
    page.goto("/console/audit?from=2025-06-15&to=2025-06-20")
    expect(page.get_by_text("此时段没有记录")).to_be_visible()
    asked = looks(page)
    first, last = page.get_by_label("起始日期"), page.get_by_label("截止日期")
    for field, impossible, kept in (
        (first, "1969-12-31", "2025-06-15"),
        (first, "2025-06-21", "2025-06-15"),
        (first, "", "2025-06-15"),
        (last, "2025-06-14", "2025-06-20"),
        (last, "2199-12-31", "2025-06-20"),
    ):
        field.fill(impossible)
        field.press("Enter")
        field.blur()
        expect(field).to_have_value(kept)
    first.fill("1970-01-01")
    first.press("Enter")
    expect(page).to_have_url(re.compile("from=1970-01-01"))
    expect(rows(page)).to_have_count(0)
    assert len(asked) == 1


def test_a_file_of_it_runs_nothing_and_is_on_record(page: Page) -> None:
    page.get_by_label("账户编号").fill("o-1")
    page.get_by_label("账户编号").press("Enter")
    expect(rows(page)).to_have_count(2)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="导出 CSV").click()
    assert downloading.value.suggested_filename.startswith("审计_")
    with Path(downloading.value.path()).open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["操作"] for line in lines] == ["units-imported", "members-seen"]
    assert lines[0]["对象"] == f"'{HOSTILE}"
    page.goto("/console/audit?action=audit-exported")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("o-1")


def test_what_cannot_be_read_is_said_and_nothing_old_stands_under_it(page: Page) -> None:
    page.route("**/analytics/v1/audit**", lambda route: route.abort())
    page.get_by_label("操作", exact=True).select_option("log-out")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(rows(page)).to_have_count(0)
    is_accessible(page)
    page.unroute("**/analytics/v1/audit**")
    page.get_by_role("button", name="刷新").click()
    expect(page.get_by_role("alert")).to_have_count(0)
