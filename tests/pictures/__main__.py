"""`make pictures`: docs/pictures/*.jpg and docs/console.md anew, from a whole city (UNITS=23000)."""

import asyncio
import os
import shutil
from pathlib import Path

from playwright.async_api import Browser

from deploy.local import VAR
from deploy.local.demo.city import generate
from deploy.local.system import System
from tests.bench.stage import resident_mib
from tests.e2e.officers_console import chromium
from tests.pictures.city_at_work import CityAtWork, city_at_work
from tests.pictures.figures import PROBE, drawn_after, watch
from tests.pictures.report import Figures, bundles, write
from tests.pictures.shots import log_in, settled, take_all

UNITS = int(os.environ.get("UNITS", "23000"))
DOCS = Path("docs")
PICTURES = DOCS / "pictures"
NEAR_ZOOM = 18
SETTINGS = {"SECOND_FACTOR": "", "MEU_DEMO": "1", "REST_AFTER_S": "0"}


async def measure(browser: Browser, work: CityAtWork) -> Figures:
    """The whole city on one page while another looks at one unit from near."""
    context = await browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    whole = await log_in(context, work, "operator")
    await whole.goto(f"{work.system.base_url}/console/map")
    await settled(whole)
    calm, moved = await watch(whole, dragged=False), await watch(whole, dragged=True)
    near = await context.new_page()
    await near.add_init_script(PROBE)
    place = work.crews[work.still].post.location
    await near.goto(f"{work.system.base_url}/console/map?at={place.lon:.5f},{place.lat:.5f},{NEAR_ZOOM}")
    await settled(near)
    drawn = await drawn_after(near, work, work.still)
    await context.close()
    return Figures(
        len(work.city.units), len(work.crews), calm, moved, drawn, resident_mib(work.system.processes["api"])
    )


async def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    directory = VAR / "tmp" / f"pictures-{os.getpid()}"
    with System(directory / "data", logs=directory / "log", settings=SETTINGS, say=print, http_port=None) as system:
        async with city_at_work(system, generate(seed=1, units=UNITS)) as work, chromium() as browser:
            await take_all(browser, work, PICTURES)
            figures = await measure(browser, work)
    write(DOCS / "console.md", figures, bundles(VAR / "console" / "dist"))
    shutil.rmtree(directory, ignore_errors=True)


asyncio.run(main())
