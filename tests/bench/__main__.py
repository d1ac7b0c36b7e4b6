"""`python -m tests.bench [ROW …]`: run these rows of the bench, or all, one after the other.

Writes var/bench/<row>.json, and merges into docs/benchmarks.json and the marked part of docs/benchmarks.md.
The status is 1 when a row could not be measured; a goal that is missed is said in the table.
"""

import argparse
import asyncio
import sys
import time
import traceback
from collections.abc import Sequence

from rich.console import Console

from deploy.local import VAR
from shared.platform.clock import SystemClock
from tests.bench import check_in, claims, drill, figures, fixes, lateness, ledger, memory, orders, rebuild
from tests.bench.busyness import busy_share
from tests.bench.outcome import Outcome, measured, merged, not_measured, read_all, write
from tests.bench.rows import CannotMeasure, Row
from tests.bench.tables import markdown, rewritten, terminal_table

_MODULES = (check_in, ledger, claims, fixes, orders, lateness, rebuild, drill, figures, memory)
ROWS: dict[str, Row] = {module.ROW.key: module.ROW for module in _MODULES}
ROW_WITHIN_S = 270.0
DOCS = VAR.parent / "docs"


def main() -> int:
    arguments = _arguments()
    console = Console(width=200 if not sys.stdout.isatty() else None)
    if arguments.list:
        for row in ROWS.values():
            console.print(f"{row.key:12} {row.what}; against {row.peer}: {row.goal}", soft_wrap=True)
        return 0
    missing = False
    for row in [ROWS[key] for key in arguments.rows or ROWS]:
        before = busy_share()
        outcome = {**_outcome(row, console), "others": [before, busy_share()]}
        missing |= "why_not" in outcome
        console.print(terminal_table(outcome))
        _keep(outcome)
    return 1 if missing else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measures the rows of the bench.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="by default all")
    parser.add_argument("--list", action="store_true", help="the rows and their goals")
    arguments = parser.parse_args()
    if unknown := set(arguments.rows) - ROWS.keys():
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    return arguments


def _outcome(row: Row, console: Console) -> Outcome:
    console.print(f"[bold]{row.key}[/]")
    at, started = SystemClock().now(), time.monotonic()

    def say(text: str) -> None:
        console.print(f"  {time.monotonic() - started:5.0f} s  {text}", markup=False, highlight=False)

    async def bounded() -> Outcome:
        async with asyncio.timeout(ROW_WITHIN_S):
            found = await row.run(say)
        return measured(row, found, at, time.monotonic() - started)

    try:
        return asyncio.run(bounded())
    except CannotMeasure as reason:
        return not_measured(row, str(reason), at)
    except TimeoutError:
        return not_measured(row, f"it was not done within {ROW_WITHIN_S:g} s", at)
    except Exception as error:
        traceback.print_exc()
        return not_measured(row, f"{type(error).__name__}: {error}".splitlines()[0], at)


def _keep(outcome: Outcome) -> None:
    write(VAR / "bench" / f"{outcome['row']}.json", outcome)
    outcomes: Sequence[Outcome] = merged(read_all(DOCS / "benchmarks.json"), outcome, list(ROWS))
    write(DOCS / "benchmarks.json", list(outcomes))
    page = DOCS / "benchmarks.md"
    page.write_text(rewritten(page.read_text("utf-8"), markdown(outcomes)), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
