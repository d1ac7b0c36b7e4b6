"""The demo city enters as any city does: an operator uploads its files."""

import asyncio
import time
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from deploy.local.demo.accounts import OPERATOR
from deploy.local.demo.city import City
from deploy.local.demo.client import Api, Caller, Issue, Unreachable
from deploy.local.demo.import_files import ImportFile, import_files, roster_files
from deploy.local.demo.rosters import ZONE
from shared.platform.clock import SystemClock

Progress = Callable[[str], None]
Outline = tuple[str, int, int]
"""A unit's id, how many people and how many pieces of equipment it has."""
DAY = timedelta(days=1)
_LISTED_WITHIN_S = 120.0
_LOOK_EVERY_S = 0.5


async def load_city(base_url: str, issue: Issue, city: City, progress: Progress) -> None:
    """Upload every file of `city`, unless it is all there already, and the rosters of today and tomorrow.

    Returns when the API lists every unit with its people and equipment. Raises ApiProblem with the first wrong row,
    Unreachable when something that was imported is not listed after two minutes.
    """
    today = SystemClock().now().astimezone(ZONE).date()
    async with Api(base_url, issue, patience_s=120) as api:
        operator = api.caller(OPERATOR)
        wanted = {_outline(manned.unit.model_dump(mode="json")) for manned in city.units}
        is_there = wanted == await _listed(operator)
        if is_there:
            progress("the demo city is there already")
        if not is_there:
            await _send(operator, import_files(city), progress)
        await load_rosters(operator, city, today, progress)
        progress("the registry is being published")
        await _until_listed(operator, wanted)


async def load_rosters(operator: Caller, city: City, today: date, progress: Progress) -> None:
    """Upload the rosters of today and tomorrow, in the place of earlier ones. Raises ApiProblem, Unreachable."""
    await _send(operator, roster_files(city, (today, today + DAY)), progress)


async def _send(operator: Caller, files: Iterable[ImportFile], progress: Progress) -> None:
    for file in files:
        progress(f"loading the demo city: {file.name}, {file.rows} rows")
        await operator.send_file(f"/checkin/v1/imports/{file.kind}", file.name, file.content, file.media_type)


async def _until_listed(operator: Caller, wanted: set[Outline]) -> None:
    until = time.monotonic() + _LISTED_WITHIN_S
    while missing := wanted - await _listed(operator):
        if time.monotonic() > until:
            raise Unreachable(f"{len(missing)} imported units are not listed, for instance {min(missing)}")
        await asyncio.sleep(_LOOK_EVERY_S)


async def _listed(operator: Caller) -> set[Outline]:
    return {_outline(unit) async for unit in operator.each("/checkin/v1/units", limit=1000)}


def _outline(unit: dict[str, Any]) -> Outline:
    return unit["unit_id"], len(unit["member_ids"]), len(unit["equipment"])
