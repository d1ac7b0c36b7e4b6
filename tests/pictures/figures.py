"""What a whole city on the map costs the browser, and how long a position takes to be drawn."""

import asyncio
import math
import time
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page

from deploy.local.demo.accounts import GATEWAY
from shared.platform.clock import SystemClock
from tests.bench.ratios import percentile
from tests.pictures.city_at_work import CityAtWork

LOOKED_S = 30.0
SAMPLES = 60
DRAWN_WITHIN_S = 10.0
STEP_DEGREES = 3e-5

# Long tasks and the gaps between frames, from now on.
WATCH = """() => {
  const watched = {tasks: [], gaps: [], last: performance.now()}
  window.watched = watched
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) watched.tasks.push(entry.duration) })
    .observe({entryTypes: ['longtask']})
  const frame = (now) => { watched.gaps.push(now - watched.last); watched.last = now; requestAnimationFrame(frame) }
  requestAnimationFrame(frame)
}"""

# Notes when a drawing that came from the page's worker has a unit at the wanted place, and a frame was made of it.
PROBE = """(() => {
  window.probe = {want: null, drawnAt: null}
  const Real = window.Worker
  window.Worker = class extends Real {
    constructor(...args) {
      super(...args)
      this.addEventListener('message', ({data}) => {
        const {want} = window.probe
        const places = data?.drawing?.places
        if (want === null || places === undefined) return
        for (let at = 0; at < places.length; at += 2) {
          if (Math.hypot(places[at] - want[0], places[at + 1] - want[1]) > 0.5) continue
          window.probe.want = null
          requestAnimationFrame(() => { window.probe.drawnAt = Date.now() })
          return
        }
      })
    }
  }
})()"""


@dataclass(frozen=True, slots=True)
class Watched:
    """Milliseconds: the longest tasks of the main thread, and the gaps between frames."""

    longest_task: float
    tasks_over_50: int
    gap_p99: float
    gap_longest: float
    frames: int


async def watch(page: Page, *, dragged: bool) -> Watched:
    """The page for half a minute; `dragged`: the map is zoomed and dragged all the while."""
    await page.evaluate(WATCH)
    until = time.monotonic() + LOOKED_S
    while time.monotonic() < until:
        if dragged:
            await _move(page)
        else:
            await asyncio.sleep(0.5)
    seen: dict[str, Any] = await page.evaluate("window.watched")
    gaps = [float(gap) for gap in seen["gaps"]]
    tasks = [float(task) for task in seen["tasks"]]
    return Watched(max(tasks, default=0.0), len(tasks), percentile(gaps, 0.99), max(gaps), len(gaps))


async def _move(page: Page) -> None:
    size = page.viewport_size
    assert size is not None
    x, y = size["width"] / 2, size["height"] / 2
    await page.mouse.move(x, y)
    for delta in (-600, -600, 600, 600):
        await page.mouse.wheel(0, delta)
        await asyncio.sleep(0.4)
    await page.mouse.down()
    await page.mouse.move(x + 220, y + 90, steps=12)
    await page.mouse.move(x, y, steps=12)
    await page.mouse.up()


async def drawn_after(page: Page, work: CityAtWork, unit_id: str) -> list[float]:
    """Seconds from the POST of a position to the frame that shows it, of one unit among all that move.

    `page` was opened with PROBE, and looks at the unit from near.
    """
    crew, gateway = work.crews[unit_id], work.api.caller(GATEWAY)
    place = crew.post.location
    taken: list[float] = []
    for number in range(SAMPLES):
        lon, lat = place.lon + STEP_DEGREES * (1 + number % 2), place.lat + STEP_DEGREES * (number % 7)
        await page.evaluate("want => { window.probe.want = want; window.probe.drawnAt = null }", _mercator(lon, lat))
        fix = {
            "unit_id": unit_id,
            "member_id": crew.lead.person.member_id,
            "lon": lon,
            "lat": lat,
            "accuracy_m": 5,
            "time": SystemClock().now().isoformat(),
        }
        began_ms = SystemClock().now().timestamp() * 1000
        await gateway.post("/checkin/v1/positions", {"fixes": [fix]})
        await page.wait_for_function("() => window.probe.drawnAt !== null", timeout=DRAWN_WITHIN_S * 1000)
        taken.append((float(await page.evaluate("window.probe.drawnAt")) - began_ms) / 1000)
        await asyncio.sleep(0.37)  # not in step with the server's half second
    return taken


def _mercator(lon: float, lat: float) -> list[float]:
    radius = 6_378_137.0
    y = radius * math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return [radius * math.radians(lon), y]
