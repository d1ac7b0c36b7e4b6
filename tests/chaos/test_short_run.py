"""One minute of faults in every test run: `make chaos` is the long one."""

import json
from collections.abc import Sequence
from itertools import pairwise

import pytest

from tests.chaos.faults import ALONE_S, TARGETS, Fault, plan
from tests.chaos.run import Options, Run

SECONDS = 60.0


@pytest.mark.timeout(900)
async def test_a_minute_of_faults_loses_and_doubles_nothing() -> None:
    said: list[str] = []
    options = Options(
        seed=4, seconds=SECONDS, faults=plan(4, SECONDS), units=300, a_second=(40.0, 400.0, 0.5), say=said.append
    )
    status = await Run(options).judge()
    verdict = json.loads((options.directory / "verdict.json").read_text())
    broken = {name: rule["first"][:5] for name, rule in verdict["rules"].items() if not rule["holds"]}
    assert (status, broken) == (0, {}), said[-1]


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
