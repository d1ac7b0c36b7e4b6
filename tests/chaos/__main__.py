"""`python -m tests.chaos`: a fault run of MINUTES (10) with SEED (one is drawn and printed).

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
    options = Options(seed=seed, seconds=seconds, faults=plan(seed, seconds), say=console.print)
    status = asyncio.run(Run(options).judge())
    if seconds >= SHOWN_FROM_S:
        report.keep(options.directory)
    return status


if __name__ == "__main__":
    sys.exit(main())
