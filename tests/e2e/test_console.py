"""The console and the member's page on the whole system, in a real browser."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from deploy.local.demo.accounts import OPERATOR, display_of
from deploy.local.demo.cast import on_duty
from deploy.local.demo.city import City
from deploy.local.demo.client import Api
from deploy.local.demo.scenario_data import scenario
from deploy.local.system import System
from shared.contracts.registry import Post
from tests.e2e.conftest import TIME_FACTOR
from tests.e2e.officers_console import OWN_PASSWORD, Officer, chromium, violations

pytestmark = pytest.mark.timeout(400)

STORY_MS = 90_000
"""Simulated crews answer within seconds and ride to the scene; two busy cores take their time."""
FAR_AWAY = {"lon": 113.55, "lat": 22.80}  # 南沙: another district


@dataclass(frozen=True)
class Words:
    """What the page says."""

    language: str
    report: str
    rescue: str
    serious: str
    send: str
    arrived: str
    close: str
    resolved: str
    closed: str
    not_there: str
    no_such_unit: str
    live: str


CHINESE = Words(
    "zh-CN", "报告警情", "求助服务", "较重", "报告并调派", "已到场", "结案", "已处置完毕", "已结束",
    "没有这起警情，或您无权查看", "单元不存在，或不在您的范围内", "实时",
)  # fmt: skip
ENGLISH = Words(
    "en", "Report incident", "Rescue or service", "Serious", "Report and send", "At the scene", "Close", "dealt with",
    "Closed", "There is no such incident, or you may not see it", "The unit does not exist, or you may not see it",
    "Live",
)  # fmt: skip


@pytest.fixture
async def browser() -> AsyncGenerator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def officer(given_passwords: dict[str, str]) -> Officer:
    """Of the station whose units play S1."""
    return Officer("station", given_passwords["station"])


@pytest.mark.parametrize("words", [CHINESE, ENGLISH], ids=lambda words: words.language)
async def test_an_officer_reports_an_incident_and_sees_it_answered_to_its_end(
    system: System, city: City, officer: Officer, browser: Browser, words: Words
) -> None:
    async with Api(system.base_url, system.issue) as api, on_duty(scenario("S1"), city, api, TIME_FACTOR) as cast:
        page, faults = await officer.open(browser, system.base_url, words.language)
        await page.goto(f"{system.base_url}/console/desk")
        await page.get_by_role("button", name=words.report).first.click()
        await page.get_by_role("radio", name=words.rescue, exact=True).check()
        await page.get_by_role("radio", name=words.serious, exact=True).check()
        await page.locator("#report-place").fill(f"{cast.scene.lon}, {cast.scene.lat}")
        await page.get_by_role("option").first.click()
        await page.locator("#report-description").fill("老人摔倒，<script>alert(1)</script> =1+1")
        proposed = page.locator(".proposed li")
        await expect(proposed.first).to_be_visible()
        assert await violations(page) == []
        await page.get_by_role("button", name=words.send).click()
        panel = page.locator(".panel-body")
        await expect(panel.locator(".words", has_text="<script>alert(1)</script> =1+1")).to_be_visible()
        await expect(_order(panel, words.arrived)).to_be_visible(timeout=STORY_MS)
        assert await violations(page) == []
        await panel.get_by_role("button", name=words.close, exact=False).first.click()
        await page.get_by_role("radio", name=words.resolved, exact=True).check()
        await page.get_by_role("dialog").get_by_role("button", name=words.close).click()
        await expect(panel.locator(".head").get_by_text(words.closed, exact=True)).to_be_visible()
        assert faults.seen == []
        await page.context.close()


def _order(panel: Locator, status: str) -> Locator:
    return panel.locator(".orders .mark", has_text=status).first


async def test_an_officer_sees_the_own_units_and_nothing_of_others(
    system: System, city: City, officer: Officer, browser: Browser
) -> None:
    async with Api(system.base_url, system.issue) as api:
        operator = api.caller(OPERATOR)
        body = {"class": "rescue", "severity": "minor", "location": {**FAR_AWAY, "crs": "wgs84"}, "drill": True}
        foreign = (await operator.post("/dispatch/v1/incidents", body)).body["incident_id"]
        page, faults = await officer.open(browser, system.base_url, "zh-CN")
        await expect(page.get_by_role("banner").get_by_text(CHINESE.live, exact=True)).to_be_visible()
        async with page.expect_response("**/dispatch/v1/map/units") as answered:
            await page.goto(f"{system.base_url}/console/map")
        seen = await (await answered.value).json()
        station = seen["fields"].index("station_id")
        assert {row[station] for row in seen["rows"]} == {_station_of(city)}
        stranger = next(m.unit for m in city.units if m.unit.station_id != _station_of(city))
        await page.goto(f"{system.base_url}/console/map?unit={stranger.unit_id}")
        await expect(page.get_by_text(CHINESE.no_such_unit)).to_be_visible()
        await expect(page.get_by_text(stranger.name)).to_have_count(0)
        await page.goto(f"{system.base_url}/console/desk?incident={foreign}")
        await expect(page.get_by_text(CHINESE.not_there)).to_be_visible()
        for screen in ("map", "duty", "hazards", "figures"):
            await page.goto(f"{system.base_url}/console/{screen}")
            await expect(page.get_by_role("banner").get_by_text(CHINESE.live, exact=True)).to_be_visible()
            assert await violations(page) == [], screen
        await operator.post(f"/dispatch/v1/incidents/{foreign}/cancel", {"reason": "test"})
        assert faults.seen == []
        await page.context.close()


def _station_of(city: City) -> str:
    return city.units[0].unit.station_id


async def test_a_member_checks_in_on_a_phone_also_without_a_network(
    system: System, city: City, given_passwords: dict[str, str], browser: Browser
) -> None:
    manned = city.units[0]
    unit, member = manned.unit, manned.people[1]
    first, second = manned.site.posts[:2]
    context = await browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        permissions=["geolocation"],
    )
    async with Api(system.base_url, system.issue) as api:
        operator = api.caller(OPERATOR)
        page = await context.new_page()
        await page.goto(f"{system.base_url}/m/")
        await _first_login(page, given_passwords["member"])
        await expect(page.get_by_role("heading", name=unit.name)).to_be_visible()
        await page.wait_for_function("navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready")

        async def scan(post: Post) -> None:
            await context.set_geolocation({"latitude": post.location.lat, "longitude": post.location.lon})
            display = api.caller(display_of(manned, post))
            code = (await display.get(f"/checkin/v1/posts/{post.post_id}/code")).body["code"]
            await page.goto(f"{system.base_url}/m/?u={unit.unit_id}#c={code}&p={post.post_id}")

        async def is_on_duty() -> bool:
            answer = (await operator.get(f"/checkin/v1/units/{unit.unit_id}")).body
            return member.member_id in [lease["member_id"] for lease in answer["duty"]["on_duty"]]

        await scan(first)
        await page.get_by_role("button", name="上岗", exact=True).tap()
        await expect(page.get_by_text("您在岗至").first).to_be_visible()
        assert await is_on_duty()
        await _check_out(page)
        assert not await is_on_duty()

        await scan(second)  # a code counts once
        await context.set_offline(True)
        await page.get_by_role("button", name="上岗", exact=True).tap()
        await expect(page.get_by_text("等待发送").first).to_be_visible()
        assert not await is_on_duty()
        await context.set_offline(False)
        await expect(page.get_by_text("您在岗至").first).to_be_visible()
        assert await is_on_duty()
        await _check_out(page)
    await context.close()


async def _check_out(page: Page) -> None:
    await page.get_by_role("button", name="下岗").tap()
    await page.get_by_role("button", name="再点一次：下岗").tap()
    await expect(page.get_by_text("您不在岗").first).to_be_visible()


async def _first_login(page: Page, given: str) -> None:
    await page.get_by_label("账号").fill("member")
    await page.get_by_label("密码", exact=True).fill(given)
    await page.keyboard.press("Enter")
    for field in await _new_password_fields(page):
        await field.fill(OWN_PASSWORD)
    await page.keyboard.press("Enter")


async def _new_password_fields(page: Page) -> list[Locator]:
    fields = page.locator("input[autocomplete=new-password]")
    await expect(fields.first).to_be_visible()
    return await fields.all()
