"""A picture of every screen, in both languages."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page

from deploy.local.demo.rosters import ZONE
from shared.platform.clock import SystemClock
from tests.pictures.city_at_work import CityAtWork

DESK_SIZE = {"width": 1440, "height": 900}
WALL_SIZE = {"width": 1920, "height": 1080}
PHONE_SIZE = {"width": 390, "height": 844}
QUALITY = 82
SETTLED_MS = 60_000
SETTLED = """() => document.querySelector('h1') !== null
  && !/(正在(读取|获取|查找|比较)|Reading|Loading|Comparing)[^。.]*…/.test(document.querySelector('main').innerText)"""
"""There is a screen, and nothing on it says that it is still being read."""
DRAWN_S = 1.0
"""What comes in with an animation is there then."""
LANGUAGES = ("zh-CN", "en")
SCENE = {"latitude": 23.1379, "longitude": 113.3247}


@dataclass(frozen=True, slots=True)
class Shot:
    """`who` logs in and looks at `path`; `{incident}`, `{unit}` and `{hazard}` stand for one of each."""

    name: str
    who: str
    path: str
    theme: str = "light"


SHOTS = (
    Shot("map-light", "operator", "/console/map"),
    Shot("map-dark", "operator", "/console/map?at=113.3247,23.1379,14.3", "dark"),
    Shot("map-wall", "operator", "/console/map", "wall"),
    Shot("map-incident", "operator", "/console/map?incident={incident}"),
    Shot("map-unit", "operator", "/console/map?unit={unit}"),
    Shot("desk", "operator", "/console/desk?incident={incident}"),
    Shot("desk-dark", "operator", "/console/desk?incident={incident}", "dark"),
    Shot("duty-board", "operator", "/console/duty"),
    Shot("duty-board-station", "station", "/console/duty"),
    Shot("hazards", "operator", "/console/hazards?hazard={hazard}"),
    Shot("hazards-dark", "operator", "/console/hazards?hazard={hazard}", "dark"),
    Shot("figures", "operator", "/console/figures"),
    Shot("accounts", "secadmin", "/console/accounts"),
    Shot("audit", "auditor", "/console/audit"),
)


async def take_all(browser: Browser, work: CityAtWork, folder: Path) -> None:
    """Every screen, and the member's page, as JPEG files in `folder`."""
    await _counted(work)
    for language in LANGUAGES:
        for who in dict.fromkeys(shot.who for shot in SHOTS):
            context = await _context(browser, language)
            page = await log_in(context, work, who)
            for shot in SHOTS:
                if shot.who == who:
                    await _take(page, work, shot, folder / f"{shot.name}.{language}.jpg")
            await context.close()
        await _phone(browser, work, language, folder)


async def log_in(context: BrowserContext, work: CityAtWork, who: str) -> Page:
    """A page of somebody of the demo, at the console."""
    page = await context.new_page()
    await page.goto(f"{work.system.base_url}/console/login")
    await page.locator("#login").fill(who)
    await page.locator("#password").fill(work.system.demo_password())
    await page.keyboard.press("Enter")
    await page.get_by_role("navigation").wait_for()
    return page


async def _context(browser: Browser, language: str) -> BrowserContext:
    context = await browser.new_context(viewport={**DESK_SIZE}, locale=language, timezone_id=str(ZONE))
    await context.add_init_script(f"localStorage.setItem('meu.locale', '{language}')")
    return context


async def _take(page: Page, work: CityAtWork, shot: Shot, file: Path) -> None:
    await page.set_viewport_size({**(WALL_SIZE if shot.theme == "wall" else DESK_SIZE)})
    await page.evaluate("theme => localStorage.setItem('meu.theme', theme)", shot.theme)
    hazard = await _hazard(work)
    path = shot.path.format(incident=await _incident(work), unit=next(iter(work.crews)), hazard=hazard)
    await page.goto(f"{work.system.base_url}{path}")
    await settled(page)
    await page.screenshot(path=file, type="jpeg", quality=QUALITY)
    print(file)


async def settled(page: Page) -> None:
    """Return once there is something to see, and nothing of it is still being read."""
    await page.wait_for_load_state("load")
    await page.wait_for_function(SETTLED, timeout=SETTLED_MS)
    await asyncio.sleep(DRAWN_S)


async def _incident(work: CityAtWork) -> str:
    """A real one that is open, the furthest on."""
    while True:
        answer = await work.operator.get("/dispatch/v1/incidents", status="open", limit=50)
        real = [summary for summary in answer.body if not summary["drill"]]
        if real:
            return str(real[-1]["incident_id"])
        await asyncio.sleep(1)


async def _counted(work: CityAtWork) -> None:
    """Return once the figures know of an incident: the history follows a city that has just been loaded by minutes."""
    today = SystemClock().now().astimezone(ZONE).date()
    window = {"from": str(today), "to": str(today + timedelta(days=1))}
    while True:
        answer = await work.operator.get("/analytics/v1/figures", **window)
        if any(sum(row["figures"]["incidents"].values()) for row in answer.body["rows"]):
            return
        await asyncio.sleep(2)


async def _hazard(work: CityAtWork) -> str:
    """One that waits to be verified."""
    answer = await work.operator.get("/checkin/v1/hazards", status="rectified", limit=1)
    return str(answer.body["items"][0]["hazard_id"])


async def _phone(browser: Browser, work: CityAtWork, language: str, folder: Path) -> None:
    context = await browser.new_context(
        viewport={**PHONE_SIZE}, locale=language, has_touch=True, permissions=["geolocation"], geolocation={**SCENE}
    )
    page = await context.new_page()
    await page.goto(f"{work.system.base_url}/m/")
    if language == "en":
        await page.get_by_role("button", name="English").click()
    await page.locator("input[autocomplete=username]").fill("member")
    await page.locator("input[type=password]").fill(work.system.demo_password())
    await page.keyboard.press("Enter")
    await page.locator("#bar").get_by_role("button").first.wait_for()
    await settled(page)
    file = folder / f"member.{language}.jpg"
    await page.screenshot(path=file, type="jpeg", quality=QUALITY)
    print(file)
    await context.close()
