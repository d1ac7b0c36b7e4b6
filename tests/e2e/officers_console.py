"""A station officer at the console, in a real browser: what a person would click and type, by the words on the page."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect
from pyotp.totp import TOTP

from shared.platform.clock import SystemClock

WITHIN_MS = 20_000
OWN_PASSWORD = "天河南 night shift 7"

expect.set_options(timeout=WITHIN_MS)


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    """Debian's, without a window."""
    program = which("chromium")
    assert program is not None, "Chromium is needed: `python -m tests.prepare` installs it"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Faults:
    """What a page must not have: errors of its own, broken rules of its content, answers that are faults."""

    seen: list[str]

    @classmethod
    def of(cls, page: Page) -> "Faults":
        faults = cls([])
        page.on("pageerror", lambda error: faults.seen.append(f"{error}"))
        page.on("console", lambda said: faults.hear(said.type, said.text))
        page.on("response", lambda r: r.status >= 500 and faults.seen.append(f"{r.status} {r.url}"))
        return faults

    def hear(self, kind: str, text: str) -> None:
        """Refused answers are written to the console by the browser itself: they may be meant."""
        if kind == "error" and "Failed to load resource" not in text:
            self.seen.append(text)


async def first_login(page: Page, base_url: str, login: str, given: str) -> str:
    """The password that was given is replaced, and an authenticator enrolled; returns its secret."""
    await page.goto(f"{base_url}/console/")
    await page.get_by_label("账号").fill(login)
    await page.get_by_label("密码", exact=True).fill(given)
    await page.get_by_role("button", name="登录").click()
    await page.get_by_label("新密码", exact=True).fill(OWN_PASSWORD)
    await page.get_by_label("再次输入新密码").fill(OWN_PASSWORD)
    await page.get_by_role("button", name="继续").click()
    uri = await page.get_by_label("配置链接").input_value()
    found = re.search(r"[?&]secret=([A-Z2-7]+)", uri)
    assert found is not None
    await page.get_by_label("动态验证码").fill(_code(found[1]))
    await page.get_by_role("button", name="继续").click()
    await expect(page.get_by_role("navigation")).to_be_visible()
    return found[1]


async def later_login(page: Page, base_url: str, login: str, secret: str) -> None:
    """Another day: the own password, and a code that has not been used yet."""
    await page.goto(f"{base_url}/console/")
    await page.get_by_label("账号").fill(login)
    await page.get_by_label("密码", exact=True).fill(OWN_PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await page.get_by_label("动态验证码").fill(_code(secret, steps=1))
    await page.get_by_role("button", name="继续").click()
    await expect(page.get_by_role("navigation")).to_be_visible()


def _code(secret: str, steps: int = 0) -> str:
    """`steps`: as of the authenticator's next codes; the one after this one counts already."""
    return TOTP(secret).at(SystemClock().now(), counter_offset=steps)


async def axe(page: Page) -> list[dict[str, Any]]:
    """Serious and critical violations that axe-core finds on the page as it is."""
    script = Path(__file__).parents[2] / "var/console/node_modules/axe-core/axe.min.js"
    await page.evaluate(script.read_text("utf-8"))
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        {"id": violation["id"], "nodes": [node["target"] for node in violation["nodes"]]}
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
