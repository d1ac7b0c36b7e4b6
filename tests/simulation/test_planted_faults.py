"""The simulation can fail: each of these faults, planted in the system, is found within so many seeds."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

import pytest

from services.dispatch.adapters import redis_unit_directory
from services.dispatch.adapters.redis_unit_directory import RedisUnitDirectory
from services.dispatch.application.ports import Selection
from shared.contracts.incident import ReinforcementRequested
from shared.contracts.ticks import Tick
from shared.platform import partition_step
from shared.platform.ledger import Ledger
from shared.platform.partition_step import PartitionStep
from shared.platform.recovery import Fold
from shared.platform.rules import Aggregate, Deciding
from tests.simulation import virtual_time
from tests.simulation.consumer_group import Delivered
from tests.simulation.redis import Store
from tests.simulation.simulation import STORIES, no_real_time, simulate
from tests.simulation.unit_directory import UnitScripts, claim

DUTY, INCIDENT, DELIVERY = range(len(STORIES))


def acknowledge_before_publish(patch: pytest.MonkeyPatch) -> None:
    """As faust does by itself: what is handed over counts as handled."""
    deliver = Delivered.__init__

    def acknowledged(self: Delivered, record: Any, lease: Any) -> None:
        deliver(self, record, lease)
        self.ack()

    patch.setattr(Delivered, "__init__", acknowledged)


def no_done_check(patch: pytest.MonkeyPatch) -> None:
    """Decide whatever comes."""

    def decide(self: Any, items: Sequence[Any]) -> None:
        for item in items:
            if isinstance(item.body, Tick):
                self._tick(item)
            else:
                self._command(item)

    patch.setattr(PartitionStep, "decide", decide)


def random_ids(patch: pytest.MonkeyPatch) -> None:
    """Instead of derived ones."""
    rng = Random(0)
    patch.setattr(partition_step, "derived_id", lambda *_: f"{rng.getrandbits(64):x}")


def remember_before_publish(patch: pytest.MonkeyPatch) -> None:
    """Steps 3 and 4 exchanged."""
    publish = Ledger._publish
    remember = Store.remember
    held: dict[Any, tuple[Any, Any]] = {}

    async def hold(self: Any, steps: Any) -> dict[int, int]:
        held[self._store] = (self, steps)
        return {}

    async def then_publish(self: Store, changes: Any) -> dict[int, bool]:
        moved = await remember(self, changes)
        if self in held and all(moved.values()):
            ledger, steps = held.pop(self)
            await publish(ledger, steps)
        return moved

    patch.setattr(Ledger, "_publish", hold)
    patch.setattr(Store, "remember", then_publish)


def claims_ignored(patch: pytest.MonkeyPatch) -> None:
    """Only orders that are folded already keep a unit from being chosen."""

    def is_claimed(self: UnitScripts, keys: Any, unit_id: str, wanted: Any) -> bool:
        return bool(keys.hashes.get(f"{redis_unit_directory.PREFIX}orders:{unit_id}"))

    patch.setattr(UnitScripts, "is_claimed", is_claimed)


def claims_not_atomic(patch: pytest.MonkeyPatch) -> None:
    """First choose, and a little later claim."""

    async def choose_then_claim(self: Any, request: ReinforcementRequested, now: datetime) -> Any:
        wanted = self._wanted(request, now)
        scripts = self._redis._scripts[redis_unit_directory._SCRIPT].__self__
        rows = await self._redis.call("choose", lambda keys: scripts.choose(keys, json.loads(json.dumps(wanted))))
        await asyncio.sleep(0.3)
        await self._redis.call("claim", lambda keys: claim(keys, rows, wanted))
        return Selection(now, [redis_unit_directory._found(row) for row in rows])

    patch.setattr(RedisUnitDirectory, "choose_and_claim", choose_then_claim)


def deadline_by_wall_clock(patch: pytest.MonkeyPatch) -> None:
    """The worker's own clock instead of the record's time."""
    tick = PartitionStep._tick

    def by_clock(self: Any, item: Any) -> None:
        tick(self, replace(item, record=replace(item.record, timestamp=virtual_time.now())))

    patch.setattr(PartitionStep, "_tick", by_clock)


def half_a_record_adopted(patch: pytest.MonkeyPatch) -> None:
    """Recovery takes a source record for decided of which only some events are there."""

    def add(self: Any, item: Any) -> None:
        self.decided = max(self.decided, item.envelope.origin.offset)
        self._apply(item)

    patch.setattr(Fold, "add", add)


def handled_ids_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A command sent again under its id is a new one."""
    evolve = Deciding.evolve

    def forgetful(*arguments: Any) -> Aggregate[Any]:
        return replace(evolve(*arguments), handled=())

    patch.setattr(Deciding, "evolve", forgetful)


@pytest.mark.parametrize(
    ("plant", "story", "within", "sign"),
    [
        (acknowledge_before_publish, DUTY, 150, "is missing"),
        (no_done_check, DUTY, 200, "is too much"),
        (random_ids, DUTY, 5, "differs"),
        (remember_before_publish, DUTY, 100, "is missing"),
        (claims_ignored, INCIDENT, 150, "had two orders"),
        (claims_not_atomic, INCIDENT, 150, "had two orders"),
        (deadline_by_wall_clock, INCIDENT, 40, "differs"),
        (half_a_record_adopted, DUTY, 100, "only the parts"),
        (handled_ids_forgotten, DUTY, 100, "had effect 2 times"),
    ],
)
def test_a_planted_fault_is_found(
    plant: Callable[[pytest.MonkeyPatch], None], story: int, within: int, sign: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    with no_real_time():
        for number in range(within):
            verdict = simulate(number * len(STORIES) + story)
            signs = [violation for violation in verdict.violations if sign in violation]
            if signs:
                print(f"seed {verdict.seed}, the {number + 1}th of this story: {signs[0][:160]}")
                return
    pytest.fail(f"not found in {within} seeds")
