"""Whatever crashes, stands still or is lost, the log decides the same, and decides all."""

import os
import time
from collections import Counter

import pytest

from tests.simulation.simulation import Verdict, no_real_time, simulate

SEEDS = int(os.environ.get("SIMULATION_SEEDS", "1000"))
FIRST = int(os.environ.get("SIMULATION_FIRST", "0"))
ONE = os.environ.get("SIMULATION_SEED")
FAILURES_SHOWN = 3
EXPECTED_MS_A_SEED = 60


def seeds() -> range:
    return range(FIRST, FIRST + SEEDS) if ONE is None else range(int(ONE), int(ONE) + 1)


@pytest.mark.timeout(max(240, SEEDS * EXPECTED_MS_A_SEED * 4 // 1000))
def test_every_seed_keeps_every_promise() -> None:
    failed: list[Verdict] = []
    counts: Counter[str] = Counter()
    overlap_s: list[float] = []
    started = time.perf_counter()
    with no_real_time():
        for seed in seeds():
            verdict = simulate(seed)
            counts.update(verdict.chronicle.counts)
            counts["commands"] += verdict.commands
            overlap_s += [overlap.seconds or 0 for overlap in verdict.overlaps]
            if verdict.violations:
                failed.append(verdict)
    print(f"{len(seeds())} seeds in {time.perf_counter() - started:.1f} s: {dict(counts)}")
    print(f"{len(overlap_s)} times a unit had two orders, at most {max(overlap_s, default=0)} s")
    for verdict in failed[:FAILURES_SHOWN]:
        print(verdict.text())
    assert not failed, f"{len(failed)} seeds: {[verdict.seed for verdict in failed][:30]}"
