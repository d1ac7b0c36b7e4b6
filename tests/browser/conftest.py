"""A real browser: Debian's Chromium, without a window."""

import shutil
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="module")
def chromium() -> Generator[Browser]:
    """One browser a module. Not one a session: Playwright's loop would be in the way of tests that bring their own."""
    program = shutil.which("chromium")
    assert program is not None, "Chromium is needed: `python -m tests.prepare` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
