"""A real browser: Debian's Chromium, without a window; and a member's phone in it."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, sync_playwright

from deploy.local import VAR
from tests.browser.member_backend import Backend
from tests.browser.member_phone import PHONE, Phone
from tests.browser.member_server import serving
from tests.browser.pages import faultless
from tests.chromium import launch_options

DIST = VAR / "console" / "dist" / "m"


@pytest.fixture(scope="module")
def chromium() -> Generator[Browser]:
    """One browser a module. Not one a session: Playwright's loop would be in the way of tests that bring their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        yield browser
        browser.close()


@pytest.fixture
def backend() -> Backend:
    assert (DIST / "index.html").is_file(), "the page is not built: make console"
    return Backend(DIST)


@pytest.fixture
def address(backend: Backend) -> Generator[str]:
    with serving(backend) as url:
        yield url


@pytest.fixture
def phone(chromium: Browser, address: str) -> Generator[Phone]:
    """Logged in nowhere yet. In the end: nothing broke, and nothing offended against the content policy."""
    with faultless(chromium, **PHONE) as context:
        yield Phone(context, context.new_page(), address)


@pytest.fixture
def member(phone: Phone) -> Phone:
    phone.log_in()
    return phone
