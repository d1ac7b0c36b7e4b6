"""Whatever crashes, stands still or is lost, the log decides the same, and decides all.

SIMULATION_SEEDS: how many seeds (1,000); SIMULATION_FIRST: the first of them (0); SIMULATION_SEED: only this one.
"""

import os
import time
from collections import Counter

import pytest

from tests.simulation.simulation import STORIES, Verdict, no_real_time, simulate

SEEDS = int(os.environ.get("SIMULATION_SEEDS", "1000"))
FIRST = int(os.environ.get("SIMULATION_FIRST", "0"))
ONE = os.environ.get("SIMULATION_SEED")
FAILURES_SHOWN = 3
OFTEN = 100
"""A step that so many seeds take is also crashed at, or the simulation leaves something out."""
MOST_S_A_SEED = 0.5  # ten times what it takes: other work may share the machine


def seeds() -> range:
    return range(FIRST, FIRST + SEEDS) if ONE is None else range(int(ONE), int(ONE) + 1)


class Tally:
    """What all seeds came to."""

    def __init__(self) -> None:
        self.failed: list[Verdict] = []
        self._counts: Counter[str] = Counter()
        self._overlaps_s: list[float] = []
        self._steps: Counter[str] = Counter()
        self._crashed_at: set[str] = set()

    def add(self, verdict: Verdict) -> None:
        self._counts.update(verdict.chronicle.counts, commands=verdict.commands)
        self._overlaps_s += [overlap.seconds or 0 for overlap in verdict.overlaps]
        self._steps.update(verdict.chronicle.steps)
        self._crashed_at |= verdict.chronicle.crashed_at
        if verdict.violations:
            self.failed.append(verdict)

    def never_crashed_at(self) -> dict[str, int]:
        """The steps, and in how many seeds they were taken."""
        return {step: seeds for step, seeds in self._steps.items() if step not in self._crashed_at}

    def report(self, seconds: float) -> None:
        print(f"\n{len(seeds())} seeds in {seconds:.0f} s: {dict(self._counts)}")
        print(f"crashed at {len(self._crashed_at)} of {len(self._steps)} steps; not at {self.never_crashed_at()}")
        print(f"{len(self._overlaps_s)} times two orders for a unit, for {max(self._overlaps_s, default=0)} s at most")
        for verdict in self.failed[:FAILURES_SHOWN]:
            print(verdict.text())


@pytest.mark.timeout(120 + SEEDS * MOST_S_A_SEED)
def test_every_seed_keeps_every_promise() -> None:
    tally, started = Tally(), time.perf_counter()
    with no_real_time():
        for seed in seeds():
            tally.add(simulate(seed))
    tally.report(time.perf_counter() - started)
    assert not tally.failed, f"{len(tally.failed)} seeds: {[verdict.seed for verdict in tally.failed][:30]}"
    assert max(tally.never_crashed_at().values(), default=0) < OFTEN, "the simulation never crashes at some step"


@pytest.mark.parametrize("seed", range(len(STORIES)))
def test_a_seed_determines_everything(seed: int) -> None:
    with no_real_time():
        first, second = simulate(seed), simulate(seed)
    assert first.chronicle.counts
    assert first.text() == second.text()
