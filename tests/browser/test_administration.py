"""How a new city lets people in, in a real browser on the real API: three administrators, then an officer at work."""

import re
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pyotp.totp import TOTP

from tests.browser.console_server import serving
from tests.browser.pages import faultless, is_accessible
from tests.builders.analytics_world import analytics_on_fakes
from tests.builders.kept_audit import KeptAudit
from tests.component.checkin.conftest import Desk, SetClock, desk_on_fakes, manned
from tests.conformance.analytics.plain_history import PlainHistory

TOKEN = "x" * 43
OFFICES = ("系统管理员", "安全管理员", "审计员")
CITY_TIME = "Asia/Shanghai"
FAR_TIME = "Pacific/Pago_Pago"
"""Of the browser: nearly a day behind the city, whose days are asked for all the same."""
"""Days begin in the city: a browser elsewhere would ask for other ones."""
OWN_PASSWORD = "correct horse battery"


class RunningClock(SetClock):
    """Codes of an authenticator are of the moment."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@asynccontextmanager
async def new_city(audit: KeptAudit) -> AsyncGenerator[Desk]:
    """A registry, nobody who may log in, and the first start's link."""
    async with desk_on_fakes(clock=RunningClock(), audit=audit) as desk:
        await desk.accounts.offer(TOKEN, desk.clock.now() + timedelta(days=1))
        desk.book.duties = {"u-1": manned("u-1", "m-2", quorum=3)}
        yield desk


@pytest.fixture
def site() -> Generator[str]:
    history = PlainHistory(ZoneInfo(CITY_TIME))
    audit = KeptAudit(history, RunningClock())
    with serving(lambda: new_city(audit), analytics=lambda: analytics_on_fakes(history, audit)) as address:
        yield address


@pytest.fixture
def context(chromium: Browser, site: str) -> Generator[BrowserContext]:
    with faultless(chromium, base_url=site, locale="zh-CN", timezone_id=FAR_TIME) as context:
        yield context


def test_three_people_are_named_and_let_an_officer_in(context: BrowserContext) -> None:
    given = name_the_three(context.new_page())
    keeper = log_in(context, given["keeper"], "keeper")
    expect(keeper.get_by_role("navigation").get_by_role("link")).to_have_text(["账户"])
    officers = make_account(keeper, "chen", "陈明")
    log_out(keeper)
    guard = log_in(context, given["guard"], "guard")
    give_right(guard, "chen")
    log_out(guard)
    auditor = log_in(context, given["auditor"], "auditor")
    watches_the_other_two(auditor)
    log_out(auditor)
    officer = log_in(context, officers, "chen")
    expect(officer.get_by_role("navigation").get_by_role("link")).to_have_text(
        ["一张图", "处置台", "值守", "隐患", "统计"]
    )
    sees_the_duty_board(officer)
    shows_the_posts_codes(officer)


def test_the_link_works_once(context: BrowserContext) -> None:
    name_the_three(context.new_page())
    again = context.new_page()
    again.goto(f"/console/first#{TOKEN}")
    fill_in(again)
    again.get_by_role("button", name="建立三位管理员").click()
    expect(again.get_by_role("alert")).to_contain_text("链接无效")


def test_whoever_is_nobody_is_shown_no_post_s_code(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/console/display/p-2")
    expect(page.get_by_role("alert")).to_contain_text("无权显示该岗位的签到码")
    expect(page.get_by_role("img")).to_have_count(0)
    is_accessible(page)
    page.goto("/console/posts/p-2/print")
    expect(page).to_have_url(re.compile("/console/login"))


def name_the_three(page: Page) -> dict[str, str]:
    """Their one-time passwords by login."""
    page.goto(f"/console/first#{TOKEN}")
    fill_in(page)
    is_accessible(page)
    page.get_by_role("button", name="建立三位管理员").click()
    expect(page.get_by_role("heading", name="三位管理员已建立")).to_be_visible()
    is_accessible(page)
    assert TOKEN not in page.url
    logins = ("keeper", "guard", "auditor")
    return {login: page.get_by_label(f"一次性密码 {login}", exact=True).input_value() for login in logins}


def fill_in(page: Page) -> None:
    page.get_by_label("城市行政区划代码").fill("440100")
    for office, login in zip(OFFICES, ("keeper", "guard", "auditor"), strict=True):
        group = page.get_by_role("group", name=office, exact=True)
        group.get_by_label("姓名").fill(office)
        group.get_by_label("账号", exact=True).fill(login)


def log_in(context: BrowserContext, one_time: str, login: str) -> Page:
    """For the first time: another password, and an authenticator."""
    page = context.new_page()
    page.goto("/console/")
    page.get_by_label("账号", exact=True).fill(login)
    page.get_by_label("密码", exact=True).fill(one_time)
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_label("新密码", exact=True).fill(OWN_PASSWORD)
    page.get_by_label("再次输入新密码").fill(OWN_PASSWORD)
    page.get_by_role("button", name="继续").click()
    secret = page.get_by_label("密钥").input_value().replace(" ", "")
    page.get_by_label("动态验证码").fill(TOTP(secret).now())
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("navigation")).to_be_visible()
    return page


def log_out(page: Page) -> None:
    page.get_by_role("banner").locator("summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_label("账号", exact=True)).to_be_visible()
    page.close()


def make_account(page: Page, login: str, name: str) -> str:
    """Its one-time password."""
    is_accessible(page)
    page.get_by_role("button", name="新建账户").click()
    dialog = page.get_by_role("dialog", name="新建账户")
    dialog.get_by_label("姓名").fill(name)
    dialog.get_by_label("账号", exact=True).fill("guard")
    dialog.get_by_role("button", name="建立账户").click()
    expect(dialog.get_by_role("alert")).to_contain_text("已被其他账户使用")
    dialog.get_by_label("账号", exact=True).fill(login)
    dialog.get_by_role("button", name="建立账户").click()
    given = page.get_by_label(f"一次性密码 {login}", exact=True).input_value()
    is_accessible(page)
    page.get_by_role("button", name="已转交，关闭").click()
    expect(page.get_by_role("row", name=name)).to_contain_text("未授权")
    return given


def give_right(page: Page, login: str) -> None:
    page.get_by_role("searchbox").fill(login)
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("button", name="授权", exact=False).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("角色").select_option("officer")
    dialog.get_by_label("组织节点").fill("440106001")
    dialog.get_by_label("组织节点").blur()
    is_accessible(page)
    dialog.get_by_role("button", name="授权", exact=True).click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("天河南派出所")


def watches_the_other_two(page: Page) -> None:
    rows = page.get_by_role("table", name="审计").get_by_role("row")
    expect(rows.filter(has_text="授权：分局/派出所民警")).to_contain_text("guard")
    expect(rows.filter(has_text="建立账户").filter(has_text="chen")).to_contain_text("keeper")
    expect(rows.filter(has_text="首次启动").filter(has_text="授权：审计员")).to_contain_text("auditor")
    is_accessible(page)


def sees_the_duty_board(page: Page) -> None:
    page.get_by_role("link", name="值守").click()
    row = page.get_by_role("table", name="未达最低在岗人数的单元").get_by_role("row").nth(1)
    expect(row).to_contain_text("体育中心东门单元")
    expect(row).to_contain_text("人数不足")
    expect(row).to_contain_text("李* 东门 至")
    expect(row).not_to_contain_text("李试")
    is_accessible(page)


def shows_the_posts_codes(page: Page) -> None:
    page.get_by_role("button", name="岗位码").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem").filter(has_text="东门")).to_contain_text("未启用固定码")
    with page.expect_popup() as popup:
        dialog.get_by_role("link", name="打印固定码").click()
    paper: Any = popup.value
    expect(paper.get_by_role("img", name="西门 的签到二维码")).to_be_visible()
    paper.get_by_role("button", name="显示 PIN").click()
    expect(paper.locator("strong")).to_have_text(re.compile("^[0-9]{6}$"))
    is_accessible(paper)
    with page.expect_popup() as popup:
        dialog.get_by_role("link", name="显示滚动码").first.click()
    display: Any = popup.value
    expect(display.get_by_role("img")).to_be_visible()
    expect(display.get_by_role("heading")).to_have_text("东门")
    is_accessible(display)
