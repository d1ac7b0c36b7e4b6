"""One minute of faults in every test run: `make chaos` is the long one."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise

import pytest

from deploy.local import VAR
from tests.chaos.faults import ALONE_S, TARGETS, Fault, plan


@pytest.mark.timeout(900)
def test_a_minute_of_faults_loses_and_doubles_nothing() -> None:
    settings = {"SEED": "4", "MINUTES": "1", "LOAD": "0.2", "UNITS": "300"}
    command = [sys.executable, "-m", "tests.chaos"]  # a process of its own: clients cut off from brokers leave sockets
    done = subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, timeout=800, check=False
    )
    verdict_file = VAR / "chaos" / "seed-4" / "verdict.json"
    assert verdict_file.exists(), done.stdout + done.stderr
    verdict = json.loads(verdict_file.read_text())
    broken = {name: rule["first"][:5] for name, rule in verdict["rules"].items() if not rule["holds"]}
    assert (done.returncode, broken) == (0, {}), done.stdout


@pytest.mark.parametrize("seed", range(20))
def test_a_seed_gives_one_plan_in_which_one_broker_at_a_time_is_away(seed: int) -> None:
    faults = plan(seed, 600)
    assert faults == plan(seed, 600)
    assert all(fault.target in TARGETS[fault.kind] and fault.until_s <= 600 for fault in faults)
    away = [fault for fault in faults if fault.target.startswith("broker-")]
    assert all(later.at_s >= earlier.until_s for earlier, later in pairwise(away))


@pytest.mark.parametrize("seed", range(5))
def test_the_first_kills_of_a_long_run_have_the_system_to_themselves(seed: int) -> None:
    first, *others = plan(seed, 600)
    assert first.kind == "kill-worker"
    assert _nothing_else_within(first, others, ALONE_S)


def _nothing_else_within(fault: Fault, others: Sequence[Fault], seconds: float) -> bool:
    return all(other.at_s >= fault.at_s + seconds for other in others)
