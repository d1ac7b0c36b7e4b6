"""Hazards at the console, in a real browser on the real API: listed, looked at, put right and verified."""

import re
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from deploy.local.demo.photos import picture
from services.checkin.domain.accounts import Account, Right
from shared.vocabulary.terms import HazardKind, Role
from tests.browser.console_server import serving
from tests.browser.pages import faultless, is_accessible
from tests.browser.sessions import is_of, let_in
from tests.component.checkin.conftest import LEADER, MEMBER, STATION_PATH, Desk, desk_on_fakes
from tests.fakes.keys import bearer

WANG = Account("o-1", "wang", "王测", Right(Role.OFFICER, STATION_PATH, station_id="440106001"))
ZHAO = Account("o-2", "zhao", "赵邻", Right(Role.OFFICER, "/440100/440106/440106002", station_id="440106002"))


@asynccontextmanager
async def city_with_hazards() -> AsyncGenerator[Desk]:
    """Three at the site of u-1, each told a second after the other: the leader has put the first of them right.
    Officers of that station and of another have sessions.
    """
    async with desk_on_fakes() as desk:
        desk.clock.time -= timedelta(minutes=1)
        await let_in(desk, WANG, ZHAO)
        first = await _report(desk, HazardKind.FIRE, "灭火器过期", "hazard-1", with_photo=True)
        await _report(desk, HazardKind.BLOCKED_EXIT, "<b>后门</b> 堆放货物", "hazard-2", with_photo=False)
        await _report(desk, HazardKind.ELECTRICAL, "电线外露", "hazard-3", with_photo=True)
        (await desk.post(LEADER, f"/hazards/{first}/rectify", {"note": "已更换"})).raise_for_status()
        yield desk


async def _report(desk: Desk, kind: HazardKind, note: str, key: str, *, with_photo: bool) -> str:
    desk.clock.time += timedelta(seconds=1)
    fields = {"unit_id": "u-1", "kind": kind.value, "note": note, "lon": "113.3192", "lat": "23.1392", "crs": "wgs84"}
    answer: httpx.Response = await desk.http.post(
        "/checkin/v1/hazards",
        data={**fields, "accuracy_m": "5"},
        files={"photo": ("photo.png", picture(kind, Random(1)), "image/png")} if with_photo else None,
        headers={**bearer(MEMBER), "Idempotency-Key": key},
    )
    answer.raise_for_status()
    return str(answer.json()["hazard_id"])


@pytest.fixture
def site() -> Generator[str]:
    with serving(city_with_hazards) as address:
        yield address


@pytest.fixture
def context(chromium: Browser, site: str) -> Generator[BrowserContext]:
    with faultless(chromium, base_url=site, locale="zh-CN", viewport={"width": 1440, "height": 900}) as context:
        yield context


def test_a_hazard_that_was_put_right_is_looked_at_and_verified(context: BrowserContext) -> None:
    page = page_of(context, WANG)
    page.get_by_role("link", name="隐患").click()
    expect(rows(page)).to_have_count(3)
    is_accessible(page)
    page.get_by_role("button", name="待复查", exact=True).click()
    expect(rows(page)).to_have_count(1)
    rows(page).get_by_role("button", name="火灾隐患").click()
    details = page.get_by_role("region", name="火灾隐患")
    shows(details.get_by_role("img", name="照片：火灾隐患"))
    expect(details).to_contain_text("李*")
    expect(details).to_contain_text("陈*")
    expect(details).to_contain_text("已更换")
    is_accessible(page)
    details.get_by_role("button", name="复查通过").click()
    dialog = page.get_by_role("dialog", name="复查通过")
    is_accessible(page)
    dialog.get_by_label("看到了什么").fill("压力正常")
    dialog.get_by_role("button", name="复查通过").click()
    expect(dialog).to_have_count(0)
    expect(details).to_contain_text("王测（本人）")
    expect(details).to_contain_text("压力正常")
    expect(details.get_by_role("button", name="复查通过")).to_have_count(0)
    expect(rows(page)).to_contain_text("已复查")
    page.get_by_role("button", name="刷新").click()
    expect(page.get_by_text("没有符合条件的隐患")).to_be_visible()
    expect(details).to_be_visible()
    page.get_by_role("button", name="清除筛选").click()
    expect(rows(page)).to_have_count(3)


def test_keys_lead_through_the_list_and_nobody_verifies_the_own_work(context: BrowserContext) -> None:
    page = page_of(context, WANG)
    page.get_by_role("button", name="English").click()
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(rows(page)).to_have_count(3)
    page.keyboard.press("j")
    shows(page.get_by_role("img", name="Photo: Electrical"))
    page.keyboard.press("j")
    details = page.get_by_role("region", name="Blocked exit")
    expect(details).to_contain_text("<b>后门</b> 堆放货物")
    expect(details).to_contain_text("No photo")
    page.keyboard.press("e")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.type("Moved away")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(details).to_contain_text("Moved away")
    expect(details).to_contain_text("somebody else has to verify it")
    page.keyboard.press("e")
    expect(page.get_by_role("dialog", name="verified")).to_have_count(0)
    is_accessible(page)
    page.keyboard.press("Escape")
    expect(details).to_have_count(0)


def test_who_comes_second_is_told_so_and_sees_what_the_first_one_did(context: BrowserContext) -> None:
    page = page_of(context, WANG)
    page.goto("/console/hazards")
    rows(page).get_by_role("button", name="用电隐患").click()
    address = page.url
    other = context.new_page()
    other.goto(address)
    for each in (page, other):
        each.get_by_role("button", name="登记整改").click()
    for each in (page, other):
        each.get_by_role("dialog").get_by_role("button", name="登记整改").click()
    expect(page.get_by_text("已登记整改")).to_be_visible()
    expect(other.get_by_role("alert")).to_contain_text("该隐患已整改")
    other.get_by_role("button", name="取消").click()
    expect(other.get_by_role("region", name="用电隐患")).to_contain_text("待复查")


def test_what_is_being_sent_cannot_be_put_away_before_its_outcome_is_told(context: BrowserContext) -> None:
    page = page_of(context, WANG)
    page.goto("/console/hazards")
    rows(page).get_by_role("button", name="用电隐患").click()
    page.get_by_role("button", name="登记整改").click()
    dialog = page.get_by_role("dialog", name="登记整改")
    held: list[Route] = []
    page.route("**/rectify", lambda route: held.append(route))
    dialog.get_by_role("button", name="登记整改").click()
    expect(dialog.get_by_role("button", name="取消")).to_be_disabled()
    for _ in range(3):
        page.keyboard.press("Escape")
    page.mouse.click(5, 5)
    expect(dialog).to_be_visible()
    held[0].continue_()
    expect(page.get_by_role("status").filter(has_text="已登记整改")).to_be_visible()
    expect(dialog).to_have_count(0)
    assert len(held) == 1


def test_another_station_s_hazards_are_nobody_s_business(context: BrowserContext) -> None:
    page = page_of(context, WANG)
    page.goto("/console/hazards")
    rows(page).get_by_role("button", name="火灾隐患").click()
    hazard = page.url
    neighbour = page_of(context, ZHAO)
    neighbour.goto(hazard)
    expect(neighbour.get_by_role("alert")).to_contain_text("没有这条隐患，或您无权查看")
    expect(neighbour.get_by_text("您的范围内还没有上报的隐患")).to_be_visible()
    is_accessible(neighbour)


def test_one_that_a_link_names_is_asked_for_again_where_it_cannot_be_read(context: BrowserContext) -> None:
    page = page_of(context, WANG)
    page.goto("/console/hazards")
    rows(page).get_by_role("button", name="火灾隐患").click()
    alone = re.compile(r"/hazards/[^/]+$")
    held: list[Route] = []
    page.route("**/checkin/v1/hazards?*", lambda route: route.fulfill(json={"items": []}))
    page.route(alone, lambda route: held.append(route))
    with page.expect_request(alone):
        page.reload()
    expect(page.get_by_text("正在读取所选隐患")).to_be_visible()
    is_accessible(page)
    held.pop().abort()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("网络不通")
    is_accessible(page)
    page.unroute(alone)
    alert.get_by_role("button", name="重试").click()
    expect(page.get_by_role("region", name="火灾隐患").get_by_role("group", name="隐患详情")).to_be_visible()
    expect(alert).to_have_count(0)


def rows(page: Page) -> Locator:
    return page.get_by_role("table").locator("tbody tr")


def shows(picture: Locator) -> None:
    """The browser could read it."""
    expect(picture).to_be_visible()
    assert picture.evaluate("async img => { await img.decode(); return img.naturalWidth }") == 320


def page_of(context: BrowserContext, account: Account) -> Page:
    """The console with that officer's session."""
    is_of(context, account)
    page = context.new_page()
    page.goto("/console/")
    expect(page.get_by_role("navigation")).to_be_visible()
    return page
