"""Incidents are reported one after another, and the phone that each order is for waits at its inbox."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.bench.faust_hop import hops
from tests.bench.load import run

READABLE_WITHIN_S = 20.0
POLL_STANDS_S = 0.05
"""How long before the report a phone has begun to wait."""


@dataclass(frozen=True, slots=True)
class Scene:
    """An incident at a unit's own place, so that it is the nearest. `phone`: the headers of one of its people."""

    unit_id: str
    lon: float
    lat: float
    phone: Mapping[str, str]


@dataclass(slots=True)
class Watched:
    """Seconds from the report's POST until the order was read; how many orders were not read in time."""

    readable_s: list[float]
    answered_s: list[float]
    lost: int = 0


def report_and_watch(
    dispatch: str, notify: str, operator: Mapping[str, str], scenes: Sequence[Scene], seconds: float
) -> Watched:
    """In the load process: as many of the scenes as there is time for."""
    return run(_report_and_watch(dispatch, notify, operator, scenes, seconds))


def hop_times(bootstrap: str, count: int) -> list[float]:
    """In the load process."""
    return run(hops(bootstrap, count))


async def _report_and_watch(
    dispatch: str, notify: str, operator: Mapping[str, str], scenes: Sequence[Scene], seconds: float
) -> Watched:
    watched = Watched([], [])
    async with aiohttp.ClientSession() as session:
        until = time.perf_counter() + seconds
        for scene in scenes:
            if time.perf_counter() > until:
                break
            await _one(session, (dispatch, notify), operator, scene, watched)
    return watched


async def _one(
    session: aiohttp.ClientSession, urls: tuple[str, str], operator: Mapping[str, str], scene: Scene, watched: Watched
) -> None:
    dispatch, notify = urls
    inbox = f"{notify}/notify/v1/inbox"
    async with session.get(inbox, headers=scene.phone) as known:
        etag = known.headers["ETag"]
    headers = {**scene.phone, "If-None-Match": etag}
    reading = asyncio.create_task(_read_order(session, f"{inbox}?wait={READABLE_WITHIN_S:g}", headers))
    await asyncio.sleep(POLL_STANDS_S)
    begun = time.perf_counter()
    place = {"lon": scene.lon, "lat": scene.lat, "crs": "wgs84"}
    report = {"class": "rescue", "severity": "serious", "location": place, "description": "bench"}
    async with session.post(f"{dispatch}/dispatch/v1/incidents", headers=operator, json=report) as answer:
        incident_id = (await answer.json())["incident_id"] if answer.status == 201 else None
    watched.answered_s.append(time.perf_counter() - begun)
    order = await reading
    if order is None or order[1]["incident_id"] != incident_id:
        watched.lost += 1
    else:
        watched.readable_s.append(order[0] - begun)
    if incident_id is not None:
        cancel = f"{dispatch}/dispatch/v1/incidents/{incident_id}/cancel"
        async with session.post(cancel, headers=operator, json={"reason": "bench"}) as answer:
            await answer.read()


async def _read_order(
    session: aiohttp.ClientSession, url: str, headers: Mapping[str, str]
) -> tuple[float, dict[str, Any]] | None:
    """When the newest order could be read, and the order."""
    async with session.get(url, headers=headers) as answer:
        if answer.status != 200:
            return None
        items = (await answer.json())["items"]
    read_at = time.perf_counter()
    orders = [item for item in items if item["purpose"] == "order"]
    return (read_at, orders[0]) if orders else None
