"""A phone of a member's, with the page on it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.member_backend import Backend, Effect
from tests.browser.member_data import CODE, PASSWORD, POST, order_for

SHELL = ("the document", "its script", "its sheet", "its icon", "its manifest")
AT_POST = {"latitude": POST["lat"], "longitude": POST["lon"], "accuracy": 12}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
    "geolocation": AT_POST,
    "permissions": ["geolocation"],
}
expect.set_options(timeout=15_000)


@dataclass
class Phone:
    """A phone with the page on it."""

    context: BrowserContext
    page: Page
    url: str

    def scan(self, code: str = CODE, unit: str = "U-1") -> None:
        """The camera opens the address of the post's code, where the page is open already or not."""
        self.page.goto(f"{self.url}/m/?unit={unit}#c={code}&p=P-1")
        self.sees("已连接")

    def tap(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name, exact=isinstance(name, str)).tap()

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def sees_not(self, words: str) -> None:
        expect(self.page.get_by_text(words)).to_have_count(0)

    def log_in(self) -> None:
        self.page.goto(f"{self.url}/m/")
        self.page.get_by_label("账号").fill("guard")
        self.page.get_by_label("密码", exact=True).fill(PASSWORD)
        self.tap("登录")
        expect(self.page.get_by_role("heading", name="体育中心东门应急单元")).to_be_visible()

    def has_sent(self, backend: Backend, path_end: str, times: int = 1) -> list[Effect]:
        """What was sent there and took effect, once it has: the screen shows an answer before the platform has it."""
        self.until(lambda: len(backend.of(path_end)) >= times)
        assert len(backend.of(path_end)) == times
        return backend.of(path_end)

    def until(self, happened: Callable[[], bool]) -> None:
        """Waits for what the screen does not tell."""
        for _ in range(150):
            if happened():
                return
            self.page.wait_for_timeout(100)
        pytest.fail("it has not happened within 15 s")

    def is_kept(self) -> None:
        """The service worker has all that the page needs without a network."""
        kept = "async () => (await (await caches.open('meu-member-shell')).keys()).length"
        self.until(lambda: self.page.evaluate(kept) == len(SHELL))
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def arrives(backend: Backend, incident_id: str, **how: bool) -> dict[str, Any]:
    """An order reaches the member's inbox; its incident."""
    incident, message = order_for(incident_id, **how)
    with backend.changing():
        backend.incidents[incident_id] = incident
        backend.messages.insert(0, message)
    return incident
