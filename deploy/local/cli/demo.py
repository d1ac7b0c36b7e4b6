"""`meu demo` and `meu up`."""

import asyncio
import os
import signal
import time
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar

import typer
from rich.live import Live
from rich.table import Table

from deploy.local.cli import console, fail, problem
from deploy.local.demo import CheckRow, LifeStats, demo_accounts, live, load_city, play, play_hazards
from deploy.local.demo.city import City, generate
from deploy.local.demo.logins import ADMINISTRATORS, demo_logins, make_logins
from deploy.local.processes import NotReady
from deploy.local.running import Running
from deploy.local.system import System

T = TypeVar("T")

SCENARIOS = ("S1", "S2", "S4")
ONCE_TIME_FACTOR = 0.2  # silence of 4 s: time enough for simulated phones on two busy cores
MEND_EVERY_S = 0.5


def up() -> None:
    """Run the whole system on this machine, without demo data, until Ctrl-C."""
    with _running_system({}) as system:
        console.print(f"The system runs: {system.base_url} (Ctrl-C ends it; `meu token` makes tokens)")
        asyncio.run(_until_interrupted(_idle(system), system))


def demo(
    once: Annotated[bool, typer.Option(envvar="ONCE", help="Play all scenarios, check, end.")] = False,
    units: Annotated[int, typer.Option(envvar="UNITS", min=40, max=50_000, help="Units of the demo city.")] = 2300,
    seed: Annotated[int, typer.Option(envvar="SEED", help="The same seed gives the same city.")] = 1,
) -> None:
    """Run the whole system with a demo city: plays S1, then keeps the city alive until Ctrl-C."""
    started = time.monotonic()
    factor = ONCE_TIME_FACTOR if once else 1.0
    city = generate(seed, units)
    with _running_system({"PLAYBOOK_TIME_FACTOR": str(factor), "SECOND_FACTOR": "", "MEU_DEMO": "1"}) as system:
        work = _once(system, city, factor) if once else _alive(system, city, factor)
        ok = asyncio.run(_until_interrupted(work, system))
    console.print(f"{time.monotonic() - started:.0f} s in all")
    if once and not ok:
        raise typer.Exit(1)  # a check failed, or it was interrupted before all were made


async def _once(system: System, city: City, factor: float) -> bool:
    await _load(system, city)
    rows = await play_hazards(
        system.base_url, system.issue, city
    )  # before, for every message of theirs to be read, too
    rows += await play(system.base_url, system.kafka_bootstrap, system.issue, city, SCENARIOS, factor)
    _print(rows)
    return bool(rows) and all(row.ok for row in rows)


async def _alive(system: System, city: City, factor: float) -> None:
    await _load(system, city)
    logins, password = demo_logins(city), system.demo_password()
    await make_logins(system.base_url, await system.first_link(), password, logins)
    _print(await play(system.base_url, system.kafka_bootstrap, system.issue, city, SCENARIOS[:1], factor))
    console.print(f"The console: {system.base_url}/console/ The member's page: {system.base_url}/m/", style="bold")
    names = [*(login.login for login in logins), *(login for login, _ in ADMINISTRATORS.values())]
    console.print(f"Log in as {', '.join(names)} with the password {password}", highlight=False)
    console.print("Or send a token as `Authorization: Bearer …`:")
    for who, role, token in demo_accounts(city, system.issue):
        console.print(f"{who} ({role})", markup=False)
        console.print(token, style="dim", highlight=False, soft_wrap=True)  # whole, on one line: it is to be copied
    stats = LifeStats()
    with Live(get_renderable=stats.table, console=console, refresh_per_second=1):
        await live(system.base_url, system.issue, city, stats)


async def _load(system: System, city: City) -> None:
    with console.status("loading the demo city …") as status:
        await load_city(system.base_url, system.issue, city, status.update)
    console.print(f"the demo city is there: {len(city.units)} units")


def _print(rows: list[CheckRow]) -> None:
    table = Table("scenario", "check", "expected", "seen", "", title="Scenarios, checked from the outside")
    for row in rows:
        verdict = "[green]ok[/green]" if row.ok else "[red]FAILED[/red]"
        table.add_row(row.scenario, row.what, row.expected, row.seen, verdict)
    console.print(table)
    failed = sum(not row.ok for row in rows)
    console.print(f"{len(rows) - failed} passed, {failed} failed")


@contextmanager
def _running_system(settings: dict[str, str]) -> Generator[System]:
    given = {name: os.environ[name] for name in settings if name in os.environ}
    system = System(settings={**settings, **given}, say=lambda text: console.print(text, highlight=False))
    try:
        with system:
            Running(system.base_url, system.kafka_bootstrap, system.redis_url).save()
            yield system
    except NotReady as error:
        fail(str(error))
    finally:
        Running.forget()


async def _idle(system: System) -> None:
    link = await system.first_link()
    if link is not None:
        console.print("There are no accounts yet. The first three administrators are made here, once, within 24 hours:")
        console.print(f"{system.base_url}{link}", style="bold", highlight=False, soft_wrap=True)
    await asyncio.Event().wait()


async def _until_interrupted(work: Coroutine[Any, Any, T], system: System) -> T | None:
    """The work's result, or None when Ctrl-C or SIGTERM came first. Meanwhile ended processes are started again."""
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    mending = asyncio.create_task(_mend(system))
    try:
        return await task
    except asyncio.CancelledError:
        console.print("ending …")
        return None
    finally:
        mending.cancel()


async def _mend(system: System) -> None:
    while True:
        await asyncio.sleep(MEND_EVERY_S)
        try:
            for name in await asyncio.to_thread(system.mend):
                console.print(f"[yellow]{name} had ended and was started again[/yellow]")
        except NotReady as error:
            problem(str(error))
