"""A station officer at the console, in a real browser: what a person would click and type."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect
from pyotp.totp import TOTP

from shared.platform.clock import SystemClock
from tests.chromium import AXE, grave, launch_options

WITHIN_MS = 20_000
CODE_STEP_S = 30
OWN_PASSWORD = "天河南 night shift 7"

expect.set_options(timeout=WITHIN_MS)


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    """Debian's, without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options())
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Faults:
    """What a page must not have: errors of its own, broken rules of its content, answers that are faults."""

    seen: list[str] = field(default_factory=list[str])

    @classmethod
    def of(cls, page: Page) -> "Faults":
        faults = cls()
        page.on("pageerror", lambda error: faults.seen.append(f"{error.stack or error}"))
        page.on("console", lambda said: faults.hear(said.type, said.text))
        page.on("response", lambda r: faults.seen.append(f"{r.status} {r.url}") if r.status in (500, 502) else None)
        return faults

    def hear(self, kind: str, text: str) -> None:
        """Refused answers are written to the console by the browser itself: they may be meant."""
        if kind == "error" and "Failed to load resource" not in text:
            self.seen.append(text)


@dataclass
class Officer:
    """Somebody with an account; the first login replaces the given password and enrols an authenticator."""

    login: str
    given: str
    secret: str | None = None
    code_step: int = 0
    """Of the code that was used last: each counts once."""

    async def open(self, browser: Browser, base_url: str, language: str) -> tuple[Page, Faults]:
        """A console where this officer is logged in."""
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale=language)
        await context.add_init_script(f"localStorage.setItem('meu.locale', '{language}')")
        page = await context.new_page()
        faults = Faults.of(page)
        await page.goto(f"{base_url}/console/")
        await page.locator("#login").fill(self.login)
        await page.locator("#password").fill(self.given if self.secret is None else OWN_PASSWORD)
        await page.keyboard.press("Enter")
        if self.secret is None:
            await page.locator("#new-password").fill(OWN_PASSWORD)
            await page.locator("#new-password-again").fill(OWN_PASSWORD)
            await page.keyboard.press("Enter")
            self.secret = _secret(await page.locator("#otpauth").input_value())
        await page.locator("#code").fill(await self._code(self.secret))
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("navigation")).to_be_visible()
        return page, faults

    async def _code(self, secret: str) -> str:
        """One that counts: the next one's does already, and an earlier one was used."""
        while (now_step := int(SystemClock().now().timestamp()) // CODE_STEP_S) + 1 <= self.code_step:
            await asyncio.sleep(1)
        self.code_step = max(now_step, self.code_step + 1)
        return TOTP(secret).generate_otp(self.code_step)


def _secret(uri: str) -> str:
    found = re.search(r"[?&]secret=([A-Z2-7]+)", uri)
    assert found is not None, uri
    return found[1]


async def violations(page: Page) -> list[dict[str, Any]]:
    """Serious and critical ones that axe-core finds on the page as it is."""
    await page.evaluate(AXE.read_text("utf-8"))
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        {"id": violation["id"], "nodes": [node["target"] for node in violation["nodes"]]}
        for violation in grave(found["violations"])
    ]
