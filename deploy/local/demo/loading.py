"""The demo city enters as any city does: an operator uploads its files."""

from collections.abc import Callable

from deploy.local.demo.accounts import OPERATOR
from deploy.local.demo.city import City
from deploy.local.demo.client import Api, Issue
from deploy.local.demo.import_files import import_files


async def load_city(base_url: str, issue: Issue, city: City, progress: Callable[[str], None]) -> None:
    """Upload every file of `city`. Loading it again changes nothing. Raises ApiProblem with the first wrong rows."""
    async with Api(base_url, issue) as api:
        operator = api.caller(OPERATOR)
        loaded: dict[str, int] = {}
        for file in import_files(city):
            progress(f"loading the demo city: {file.name}, {file.rows} rows")
            await operator.send_file(f"/checkin/v1/imports/{file.kind}", file.name, file.content, file.media_type)
            loaded[file.kind] = loaded.get(file.kind, 0) + file.rows
        progress("loaded: " + ", ".join(f"{count} {kind}" for kind, count in loaded.items()))
