"""`meu topics apply|check`."""

from typing import Annotated

import typer

from deploy.local.cli import console, problem, running
from shared.platform.topic_admin import TopicAdmin

app = typer.Typer(no_args_is_help=True, help="The declared topics: make them, check them.")


@app.command()
def apply(
    replication: Annotated[int, typer.Option(envvar="REPLICATION_FACTOR", min=1, max=9)] = 1,
) -> None:
    """Make the topics that are missing, then check all."""
    with TopicAdmin(running().kafka_bootstrap) as admin:
        for name in admin.apply(replication):
            console.print(f"made {name}")
    check()


@app.command()
def check() -> None:
    """Compare the brokers' topics with their declaration; exit status 1 when one differs."""
    with TopicAdmin(running().kafka_bootstrap) as admin:
        mismatches = admin.check()
    for mismatch in mismatches:
        problem(str(mismatch))
    if mismatches:
        raise typer.Exit(1)
    console.print("every topic is as declared")
