"""A unit on the one map, and whose eyes it is for: in a real browser, on the real APIs."""

from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from services.checkin.domain.accounts import Account, Right
from shared.vocabulary.terms import Role
from tests.browser.console_server import serving
from tests.browser.pages import faultless, is_accessible
from tests.browser.sessions import is_of, let_in
from tests.browser.told_incident import INCIDENT_ID, STATION_ID, Cast, dispatch_with
from tests.component.checkin.conftest import Desk, desk_on_fakes, manned
from tests.conformance.checkin.city import OTHER_STATION, STATION_PATH, UNIT

CHEN = Account("id-chen", "chen", "陈明", Right(Role.OFFICER, STATION_PATH, STATION_ID))
ZHAO = Account("id-zhao", "zhao", "赵邻", Right(Role.OFFICER, OTHER_STATION.path, OTHER_STATION.code))
CAST = Cast("id-chen", "m-1", "id-chen", "id-chen", "id-chen", "id-chen")


@asynccontextmanager
async def city() -> AsyncGenerator[Desk]:
    """Two are on duty in the unit; an officer of its station and one of another have sessions."""
    async with desk_on_fakes() as desk:
        await let_in(desk, CHEN, ZHAO)
        desk.book.duties = {UNIT.code: manned(UNIT.code, "m-1", "m-2")}
        yield desk


@pytest.fixture
def site() -> Generator[str]:
    with serving(city, dispatch=lambda: dispatch_with(CAST)) as address:
        yield address


@pytest.fixture
def page(chromium: Browser, site: str) -> Generator[Page]:
    """Chen's. Its clock may be turned on."""
    with faultless(chromium, base_url=site, locale="zh-CN", viewport={"width": 1440, "height": 900}) as context:
        is_of(context, CHEN)
        page = context.new_page()
        page.clock.install()
        yield page


def test_a_unit_that_is_there_is_not_said_to_be_gone_after_one_that_is(page: Page) -> None:
    page.goto("/console/map?unit=nowhere")
    expect(panel(page)).to_contain_text("单元不存在")
    held: list[Route] = []
    page.route(f"**/checkin/v1/units/{UNIT.code}", lambda route: held.append(route))
    search(page, UNIT.name)
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("heading", name=UNIT.name)).to_be_visible()
    expect(panel(page).get_by_text("单元不存在")).to_have_count(0)
    assert len(held) == 1, "it is not known yet"
    held[0].continue_()
    expect(panel(page).get_by_role("button", name="联系 李*")).to_be_visible()


def test_a_number_is_announced_and_at_hand_and_put_away_again(page: Page) -> None:
    page.goto(f"/console/map?unit={UNIT.code}")
    call = panel(page).get_by_role("button", name="联系 李*")
    call.focus()
    page.keyboard.press("Enter")
    number = panel(page).get_by_role("link", name="10000000002")
    expect(number).to_be_focused()
    expect(panel(page).locator("[aria-live=polite]", has_text="10000000002")).to_have_count(1)
    is_accessible(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(call).to_be_focused()
    expect(number).to_have_count(0)


def test_a_number_that_nobody_puts_away_goes_after_two_minutes(page: Page) -> None:
    page.goto(f"/console/map?unit={UNIT.code}")
    panel(page).get_by_role("button", name="联系 李*").click()
    number = panel(page).get_by_role("link", name="10000000002")
    expect(number).to_be_focused()
    page.clock.run_for(100_000)
    expect(number).to_be_visible()
    page.clock.run_for(21_000)
    expect(number).to_have_count(0)
    expect(panel(page).get_by_role("button", name="联系 李*")).to_be_focused()


def test_a_number_that_cannot_be_read_leaves_the_focus_where_it_is(page: Page) -> None:
    page.goto(f"/console/map?unit={UNIT.code}")
    call = panel(page).get_by_role("button", name="联系 李*")
    page.route("**/members/m-2", lambda route: route.abort())
    call.click()
    expect(panel(page).get_by_role("alert").filter(has_text="网络不通")).to_be_visible()
    expect(call).to_be_focused()
    is_accessible(page)


def test_where_another_s_login_is_taken_over_nothing_of_the_one_before_stays(page: Page) -> None:
    page.goto(f"/console/map?unit={UNIT.code}")
    panel(page).get_by_role("button", name="联系 李*").click()
    expect(panel(page).get_by_role("link", name="10000000002")).to_be_visible()
    asked = sent_to(page, "/members/m-1")
    is_of(page.context, ZHAO)
    page.route("**/members/m-1", refused_once())
    panel(page).get_by_role("button", name="联系 陈*").click()
    expect(page.get_by_role("banner")).to_contain_text("赵邻")
    expect(panel(page)).to_contain_text("单元不存在")
    expect(page.get_by_text("10000000002")).to_have_count(0)
    expect(page.get_by_text(UNIT.name)).to_have_count(0)
    search(page, UNIT.name)
    expect(page.get_by_text("没有找到")).to_be_visible()
    assert len(asked) == 1, "what one asked for is not sent in the other's name"
    page.goto(f"/console/map?incident={INCIDENT_ID}")
    expect(page.get_by_text("警情不存在")).to_be_visible()


def panel(page: Page) -> Locator:
    return page.get_by_role("complementary", name="单元")


def search(page: Page, words: str) -> None:
    """In the map's own box, once what it looks in is there."""
    expect(page.get_by_text("正在读取单元")).to_have_count(0)
    page.get_by_role("combobox", name="搜索单元、单位").fill(words)
    expect(page.locator("#map-found")).to_be_visible()


def sent_to(page: Page, path_end: str) -> list[str]:
    """Where requests go, as they go out."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith(path_end) else None)
    return sent


def refused_once() -> Callable[[Route], None]:
    """As by a service to which the token is too old."""
    refusals = iter([{"code": "token-expired", "title": "", "status": 401}])

    def answer(route: Route) -> None:
        refusal = next(refusals, None)
        if refusal is None:
            route.continue_()
        else:
            route.fulfill(status=401, json=refusal)

    return answer
