"""The demo city enters as any city does: an operator uploads its files."""

import asyncio
import time
from collections.abc import Callable

from deploy.local.demo.accounts import OPERATOR
from deploy.local.demo.city import City
from deploy.local.demo.client import Api, Caller, Issue, Unreachable
from deploy.local.demo.import_files import import_files

Progress = Callable[[str], None]
_REGISTERED_WITHIN_S = 120.0
_LOOK_EVERY_S = 0.5


async def load_city(base_url: str, issue: Issue, city: City, progress: Progress) -> None:
    """Upload every file of `city`, unless its units are all there already.

    Returns when the API lists every unit. Raises ApiProblem with the first wrong row, Unreachable when units that
    were imported are still not listed after two minutes.
    """
    async with Api(base_url, issue, patience_s=120) as api:
        operator = api.caller(OPERATOR)
        wanted = {manned.unit.unit_id for manned in city.units}
        if not wanted - await _listed(operator):
            progress("the demo city is there already")
            return
        for file in import_files(city):
            progress(f"loading the demo city: {file.name}, {file.rows} rows")
            await operator.send_file(f"/checkin/v1/imports/{file.kind}", file.name, file.content, file.media_type)
        await _until_listed(operator, wanted, progress)


async def _until_listed(operator: Caller, wanted: set[str], progress: Progress) -> None:
    until = time.monotonic() + _REGISTERED_WITHIN_S
    while missing := wanted - await _listed(operator):
        progress(f"{len(missing)} units are being registered")
        if time.monotonic() > until:
            raise Unreachable(f"{len(missing)} imported units are not listed, for instance {min(missing)}")
        await asyncio.sleep(_LOOK_EVERY_S)


async def _listed(operator: Caller) -> set[str]:
    return {unit["unit_id"] async for unit in operator.each("/checkin/v1/units", limit=1000)}
