"""What every page in a browser has to be: without faults, and usable by everybody."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.chromium import AXE, grave


@contextmanager
def faultless(chromium: Browser, **options: Any) -> Generator[BrowserContext]:
    """A context in which, in the end, nothing broke, and nothing offended against the content policy."""
    context = chromium.new_context(**options)
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield context
    context.close()
    assert faults == []


def is_accessible(page: Page) -> None:
    """axe finds nothing serious."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    assert [(each["id"], each["nodes"][0]["html"]) for each in grave(found)] == []
