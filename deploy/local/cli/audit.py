"""`meu audit list|verify`: who did and saw what, and whether it is still as it was written."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from deploy.local.cli import console, fail, running
from shared.contracts.audit import ActionRecorded
from shared.contracts.envelope import Undecodable
from shared.contracts.topics import AUDIT
from shared.platform.audit import Chains
from shared.platform.dead_letters import understand
from shared.platform.log_reader import LogReader

app = typer.Typer(no_args_is_help=True, help="Who did and saw what.")


@app.command()
def verify() -> None:
    """Check every record's hash, and that no chain lacks one in between. Status 1 when something is wrong.

    Keep the printed heads elsewhere: that a chain was cut off at its end shows only by them.
    """
    chains, unreadable = asyncio.run(_chains(running().kafka_bootstrap))
    table = Table("chain", "records", "last at", "hash of the last", title="Chains")
    for head in chains.heads():
        table.add_row(head.chain_id, str(head.number), head.at.isoformat(timespec="seconds"), head.hash)
    console.print(table)
    faults = [*unreadable, *chains.faults()]
    if faults:
        for fault in faults:
            console.print(fault, markup=False)
        fail(f"the audit is not as it was written: {len(faults)} faults")
    console.print("every record is as it was written, and none is missing in between")


@app.command("list")
def listing(
    actor: Annotated[str | None, typer.Option(help="Only what this account did.")] = None,
    last: Annotated[int, typer.Option(min=1, max=100_000, help="How many, the newest.")] = 50,
) -> None:
    """The last actions, oldest first."""
    records = asyncio.run(_records(running().kafka_bootstrap))
    wanted = sorted((r for r in records if actor in (None, r.actor_id)), key=lambda record: record.at)[-last:]
    table = Table("at", "who", "as", "did", "to", "refused", "from")
    for record in wanted:
        cells = (record.actor_id, record.role, record.action, record.about, record.refused, record.address)
        table.add_row(record.at.isoformat(timespec="seconds"), *(escape(cell or "") for cell in cells))
    console.print(table)


async def _chains(bootstrap: str) -> tuple[Chains, list[str]]:
    chains, unreadable = Chains(), list[str]()
    async for where, record in _read(bootstrap):
        if record is None:
            unreadable.append(f"{where}: no record of the audit")
        else:
            chains.add(record)
    return chains, unreadable


async def _records(bootstrap: str) -> list[ActionRecorded]:
    return [record async for _, record in _read(bootstrap) if record is not None]


async def _read(bootstrap: str) -> AsyncGenerator[tuple[str, ActionRecorded | None]]:
    reader = LogReader(bootstrap)
    try:
        for partition in range(AUDIT.partitions):
            async for batch in reader.read(AUDIT.name, partition, 0):
                for raw in batch:
                    try:
                        body = understand(raw).body
                    except Undecodable:
                        body = None
                    yield f"{partition}/{raw.offset}", body if isinstance(body, ActionRecorded) else None
    finally:
        await reader.close()
