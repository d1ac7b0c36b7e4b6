"""The console and the member's page on the whole system, in a real browser."""

from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Browser, expect

from deploy.local.demo.city import City
from deploy.local.system import System
from tests.e2e.officers_console import Faults, axe, chromium, first_login

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
async def browser() -> AsyncGenerator[Browser]:
    async with chromium() as browser:
        yield browser


async def test_probe(browser: Browser, system: System, city: City, given_passwords: dict[str, str]) -> None:
    page = await browser.new_page(locale="zh-CN", viewport={"width": 1440, "height": 900})
    faults = Faults.of(page)
    await first_login(page, system.base_url, "station", given_passwords["station"])
    await page.goto(f"{system.base_url}/console/desk")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert await axe(page) == []
    assert faults.seen == []
