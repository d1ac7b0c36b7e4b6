"""The `meu` command."""

from typing import NoReturn

import typer
from rich.console import Console

from deploy.local.running import Running

console = Console()


def running() -> Running:
    """The running system; ends the command with a plain text when there is none."""
    try:
        return Running.find()
    except LookupError as error:
        fail(str(error))


def fail(text: str) -> NoReturn:
    """End the command with a reason and exit status 1."""
    console.print(f"[red]{text}[/red]", soft_wrap=True)
    raise typer.Exit(1)
