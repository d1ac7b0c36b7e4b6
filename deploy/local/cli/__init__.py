"""The `meu` command."""

import sys
from typing import NoReturn

import typer
from rich.console import Console

from deploy.local.running import Running

# A log file has no width of its own; tables must not be cut in it.
console = Console(width=None if sys.stdout.isatty() else 160)


def running() -> Running:
    """The running system; ends the command with a plain text when there is none."""
    try:
        return Running.find()
    except LookupError as error:
        fail(str(error))


def fail(text: str) -> NoReturn:
    """End the command with a reason and exit status 1."""
    problem(text)
    raise typer.Exit(1)


def problem(text: str) -> None:
    """Say what is wrong."""
    console.print(text, style="red", markup=False, soft_wrap=True)
