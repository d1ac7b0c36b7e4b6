"""Who acted, by name, in a real browser on the real APIs: at the desk and on the map."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.checkin.domain.accounts import Account, Right
from shared.vocabulary.terms import Role
from tests.browser.console_server import serving
from tests.browser.pages import faultless, is_accessible
from tests.browser.sessions import is_of, let_in
from tests.browser.told_incident import INCIDENT_ID, STATION_ID, Cast, dispatch_with
from tests.component.checkin.conftest import Desk, desk_on_fakes
from tests.conformance.checkin.city import CITY_PATH, DISTRICT_PATH, OTHER_STATION, STATION_PATH

CHIEF = "0b0c7a52-7f3e-4b1e-9a54-2f4d3c1b5a69"
NEIGHBOUR = "7d1e9f04-16aa-4c0b-8a3e-55e0c2d9b1f7"
HOSTILE = "<img src=x onerror=alert(1)>"
CAST = Cast(CHIEF, "m-1", "operator-city", NEIGHBOUR, "officer-district", "viewer")
VIEWER = Account("viewer", "viewer", "吴值班", Right(Role.OFFICER, STATION_PATH, STATION_ID))
ACCOUNTS = [
    VIEWER,
    Account(CHIEF, "chief", "周所长", Right(Role.OFFICER, STATION_PATH, STATION_ID)),
    Account("operator-city", "city", "卫市局", Right(Role.OPERATOR, CITY_PATH)),
    Account("officer-district", "district", HOSTILE, Right(Role.OFFICER, DISTRICT_PATH, "440106")),
    Account(NEIGHBOUR, "neighbour", "郑邻", Right(Role.OFFICER, OTHER_STATION.path, OTHER_STATION.code)),
]


@asynccontextmanager
async def city() -> AsyncGenerator[Desk]:
    """The viewer has a session, and those who acted."""
    async with desk_on_fakes() as desk:
        await let_in(desk, *ACCOUNTS)
        yield desk


@pytest.fixture
def site() -> Generator[str]:
    with serving(city, dispatch=lambda: dispatch_with(CAST)) as address:
        yield address


@pytest.fixture
def context(chromium: Browser, site: str) -> Generator[BrowserContext]:
    with faultless(chromium, base_url=site, locale="zh-CN", viewport={"width": 1440, "height": 1000}) as context:
        is_of(context, VIEWER)
        yield context


def test_the_desk_says_who_acted_and_asks_for_all_of_them_at_once(context: BrowserContext) -> None:
    page = context.new_page()
    asked = names_asked(page)
    page.goto(f"/console/desk?incident={INCIDENT_ID}")
    for what, who in (
        ("报告警情", "周所长"),
        ("体育中心东门单元 确认前往", "陈*"),
        ("升级，通知", "卫市局"),
        ("体育中心东门单元 到达现场（代为登记）", HOSTILE),
        ("现场移交", "吴值班（本人）"),
        ("比较", "自动调派"),
    ):
        expect(page.locator(".step").filter(has_text=what)).to_contain_text(who)
    expect(page.locator(".order").filter(has_text="体育中心东门单元")).to_contain_text(f"代登记：{HOSTILE} · 人工登记")
    expect(page.locator(".facts").get_by_text("周所长")).to_have_attribute(
        "title", f"分局/派出所民警 · 天河南派出所 · {CHIEF}"
    )
    assert [sorted(ids) for ids in asked] == [sorted({CHIEF, "m-1", "operator-city", NEIGHBOUR, "officer-district"})]
    is_accessible(page)


def test_who_is_not_for_this_account_stays_an_id(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"/console/desk?incident={INCIDENT_ID}")
    expect(page.locator(".facts").get_by_text("周所长")).to_be_visible()
    stranger = page.locator(".step").filter(has_text="目击线索").get_by_text("账号 7d1e9f04…b1f7")
    expect(stranger).to_have_attribute("title", NEIGHBOUR)
    expect(page.get_by_text("郑邻")).to_have_count(0)
    expect(page.get_by_text("陈试")).to_have_count(0)


def test_the_map_names_who_reported_and_no_name_is_kept_in_the_browser(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"/console/map?incident={INCIDENT_ID}")
    expect(page.get_by_text("周所长")).to_be_visible()
    assert "周所长" not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def names_asked(page: Page) -> list[list[str]]:
    """The ids of each request for names, as they go out."""
    asked: list[list[str]] = []
    page.on(
        "request",
        lambda request: (
            asked.append(parse_qs(urlsplit(request.url).query)["id"]) if "/checkin/v1/names" in request.url else None
        ),
    )
    return asked
