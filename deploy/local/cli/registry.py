"""`meu import` and `meu token`."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.markup import escape
from rich.table import Table

from deploy.local import VAR
from deploy.local.cli import console, fail, running
from deploy.local.secrets_store import SecretsStore
from shared.platform.clock import SystemClock
from shared.platform.web.tokens import Principal, issue_token
from shared.vocabulary.organisation import is_path
from shared.vocabulary.terms import Role

CITY_PATH = "/440100"


class Kind(StrEnum):
    """What can be imported."""

    STATIONS = "stations"
    SITES = "sites"
    UNITS = "units"
    MEMBERS = "members"
    EQUIPMENT = "equipment"


def import_file(
    kind: Kind,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or XLSX")],
    partial: Annotated[bool, typer.Option(help="Take the good rows even when others are wrong.")] = False,
    path: Annotated[str, typer.Option(help="The organisation subtree to import into.")] = CITY_PATH,
    bearer: Annotated[
        str | None, typer.Option("--token", envvar="MEU_TOKEN", help="Where the system is not this checkout's own.")
    ] = None,
) -> None:
    """Import a file into the running system's registry; every wrong row is listed."""
    bearer = bearer or _token(Principal("meu-import", Role.OPERATOR, path), timedelta(minutes=10))
    with file.open("rb") as content:
        answer = httpx.post(
            f"{running().base_url}/checkin/v1/imports/{kind.value}",
            params={"all_or_nothing": not partial},
            files={"file": (file.name, content)},
            headers={"Authorization": f"Bearer {bearer}", "Accept-Language": "en"},
            timeout=300,
        )
    body = answer.json()
    errors = body.get("errors", [])
    if errors:
        table = Table("row", "column", "code", "detail")
        for error in errors:
            table.add_row(*(escape(str(error.get(name, ""))) for name in ("row", "column", "code", "detail")))
        console.print(table)
    if answer.is_error:
        fail(f"{body.get('title')}: {body.get('detail', '')}")
    console.print(body)


def token(
    role: Role,
    subject: Annotated[str, typer.Option(help="Who: an account or member id.")],
    path: Annotated[str, typer.Option(help="The organisation subtree.")] = CITY_PATH,
    unit: Annotated[str | None, typer.Option(help="A member's or leader's unit id.")] = None,
    station: Annotated[str | None, typer.Option(help="An officer's station id.")] = None,
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 30)] = 12,
) -> None:
    """Print a bearer token signed with this checkout's key."""
    if not is_path(path):
        fail(f"{path} is no organisation path; one looks like /440100/440106")
    typer.echo(_token(Principal(subject, role, path, unit, station), timedelta(hours=hours)))


def _token(principal: Principal, good_for: timedelta) -> str:
    key = SecretsStore(VAR / "data" / "keys").token_private_key()
    return issue_token(key, principal, SystemClock(), good_for)
