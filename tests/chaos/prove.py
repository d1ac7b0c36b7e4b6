"""`python -m tests.chaos.prove [NAME…]`: each planted defect in turn must break a rule that can see it.

`SEED` (1), `SECONDS` (120) of faults for each.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from tests.chaos.faults import FaultKind, only
from tests.chaos.run import Options, Run

_KILLS: Sequence[FaultKind] = ("kill-worker",)
_STANDSTILLS: Sequence[FaultKind] = ("stop-broker", "cut-broker", "kill-worker")


@dataclass(frozen=True)
class Trial:
    """Which faults bring a defect to light, and which rules must see it."""

    faults: Sequence[FaultKind]
    seen_by: Sequence[str]
    units: int = 300
    a_second: tuple[float, float, float] = (150.0, 200.0, 0.5)


TRIALS: Mapping[str, Trial] = {
    "acknowledge-before-publish": Trial(_STANDSTILLS, ("accepted-is-kept", "processed-or-buried")),
    "two-at-once": Trial(_KILLS, ("accepted-is-kept", "processed-or-buried", "sequences")),
    "no-done-check": Trial(("kill-worker", "stop-worker", "inject"), ("accepted-is-kept", "sequences")),
    "random-ids": Trial(("kill-worker",), ("sequences",)),
    "claims-not-atomic": Trial(("kill-api",), ("one-order-a-unit",), units=60, a_second=(20.0, 50.0, 1.5)),
    "deadline-by-wall-clock": Trial(("kill-worker", "stop-worker"), ("deadlines",)),
}


def main() -> int:
    console = Console()
    seconds, seed = float(os.environ.get("SECONDS", "120")), int(os.environ.get("SEED", "1"))
    table = Table("planted", "rules that saw it", "", title="Planted defects")
    missed = 0
    for name in sys.argv[1:] or TRIALS:
        trial = TRIALS[name]
        options = Options(
            seed=seed,
            seconds=seconds,
            faults=only(trial.faults, seed, seconds),
            units=trial.units,
            a_second=trial.a_second,
            planted=name,
            say=console.print,
        )
        asyncio.run(Run(options).judge())
        rules = json.loads((options.directory / "verdict.json").read_text())["rules"]
        broken = [rule for rule, found in rules.items() if found["violations"]]
        is_seen = bool(set(broken) & set(trial.seen_by))
        missed += not is_seen
        table.add_row(name, ", ".join(broken), "found" if is_seen else "[red]missed")
        console.print(table)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
