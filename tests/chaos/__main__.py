"""`python -m tests.chaos`: a fault run of MINUTES (10) with SEED (one is drawn and printed), under LOAD (1) times
200 check-ins, 2,000 fixes and half an incident a second, in a city of UNITS (900).

A run of ten minutes or more goes into `docs/reliability.md`.
"""

import asyncio
import os
import secrets
import sys

from rich.console import Console

from tests.chaos import report
from tests.chaos.faults import plan
from tests.chaos.run import Options, Run

SHOWN_FROM_S = 600


def main() -> int:
    console = Console()
    seconds = 60 * float(os.environ.get("MINUTES", "10"))
    seed = int(os.environ.get("SEED") or secrets.randbelow(1_000_000))
    load = float(os.environ.get("LOAD", "1"))
    options = Options(
        seed=seed,
        seconds=seconds,
        faults=plan(seed, seconds),
        units=int(os.environ.get("UNITS", "900")),
        a_second=(200 * load, 2000 * load, 0.5 * load),
        say=console.print,
    )
    status = asyncio.run(Run(options).judge())
    if seconds >= SHOWN_FROM_S:
        report.keep(options.directory)
    return status


if __name__ == "__main__":
    sys.exit(main())
