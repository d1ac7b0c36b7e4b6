"""Which faults strike when: a plan that a seed gives, so that a run can be made again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

FaultKind = Literal[
    "kill-worker",
    "stop-worker",
    "kill-api",
    "stop-api",
    "kill-broker",
    "stop-broker",
    "kill-redis",
    "flush-redis",
    "cut-broker",
    "rolling-restart",
    "inject",
]

WORKERS = tuple(f"{service}-worker-{number}" for service in ("checkin", "dispatch", "notify") for number in (1, 2))
BROKERS = ("broker-1", "broker-2", "broker-3")
APIS = ("api-1", "api-2", "api-analytics")
TARGETS: Mapping[FaultKind, Sequence[str]] = {
    "kill-worker": WORKERS,
    "stop-worker": WORKERS,
    "kill-api": APIS,
    "stop-api": APIS,
    "kill-broker": BROKERS,
    "stop-broker": BROKERS,
    "kill-redis": ("redis",),
    "flush-redis": ("redis",),
    "cut-broker": tuple(f"{worker} from {broker}" for worker in WORKERS if worker.endswith("2") for broker in BROKERS),
    "rolling-restart": ("workers and APIs",),
    "inject": ("duplicate", "reordered", "poison", "oversize"),
}
WEIGHTS: Mapping[FaultKind, int] = {
    "kill-worker": 20,
    "stop-worker": 14,
    "kill-api": 8,
    "stop-api": 5,
    "kill-broker": 9,
    "stop-broker": 7,
    "kill-redis": 5,
    "flush-redis": 7,
    "cut-broker": 9,
    "rolling-restart": 2,
    "inject": 14,
}
FROZEN_S = (30.0, 60.0)
CUT_S = (10.0, 40.0)
RESTART_S = 90.0
FIRST_AFTER_S = 15.0
GAP_S = 9.0
"""Seconds from fault to fault, on average; many overlap, since some last a minute."""
ALONE_S = 25.0
"""How long a kill of the first part has the system to itself, so that its stall can be told from others'."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `at_s` from the load's begin; `for_s` 0: an instant."""

    at_s: float
    kind: FaultKind
    target: str
    for_s: float = 0.0

    @property
    def until_s(self) -> float:
        return self.at_s + self.for_s


def plan(seed: int, seconds: float) -> list[Fault]:
    """Faults for a run of this length, in order; the last ones are over before its end.

    Half of a short run, or the first three kills of a long one, are kills of single workers with nothing beside them.
    """
    random = Random(seed)
    alone = list(_alone(random, seconds))
    first = alone[-1].at_s + ALONE_S if alone else FIRST_AFTER_S
    return alone + _storm(random, first, seconds)


def only(kinds: Sequence[FaultKind], seed: int, seconds: float) -> list[Fault]:
    """Faults of these kinds alone: a planted defect shows soonest where it is struck."""
    random = Random(seed)
    return _storm(random, FIRST_AFTER_S, seconds, kinds, gap_s=5.0)


def _alone(random: Random, seconds: float) -> Iterator[Fault]:
    services = ["checkin", "dispatch", "notify"][: max(1, int(seconds / 2 // ALONE_S))]
    for number, service in enumerate(services):
        yield Fault(FIRST_AFTER_S + number * ALONE_S, "kill-worker", f"{service}-worker-{random.choice((1, 2))}")


def _storm(
    random: Random, begin: float, seconds: float, kinds: Sequence[FaultKind] = tuple(WEIGHTS), gap_s: float = GAP_S
) -> list[Fault]:
    faults: list[Fault] = []
    at = begin
    while at < seconds:
        fault = _fault(random, at, kinds, seconds)
        if not any(_in_the_way(fault, other) for other in faults):
            faults.append(fault)
        at += random.expovariate(1 / gap_s)
    return faults


def _fault(random: Random, at: float, kinds: Sequence[FaultKind], seconds: float) -> Fault:
    kind = random.choices(kinds, [WEIGHTS[kind] for kind in kinds])[0]
    lasts = 0.0
    if kind.startswith("stop-"):
        lasts = random.uniform(*FROZEN_S)
    elif kind == "cut-broker":
        lasts = random.uniform(*CUT_S)
    elif kind == "rolling-restart":
        lasts = RESTART_S
    return Fault(at, kind, random.choice(TARGETS[kind]), min(lasts, max(0.0, seconds - at)))


def _in_the_way(fault: Fault, other: Fault) -> bool:
    """One broker of three at a time: with two away nothing is in sync, and nothing is accepted at all.

    Nothing is struck while it is frozen, and a rolling restart is not disturbed by another.
    """
    overlap = fault.at_s < other.until_s + _recovers_s(other) and other.at_s < fault.until_s + _recovers_s(fault)
    both_brokers = {fault.target, other.target} <= set(BROKERS)
    both_restarts = {fault.kind, other.kind} == {"rolling-restart"}
    return overlap and (
        both_brokers or both_restarts or (fault.target == other.target and fault.for_s + other.for_s > 0)
    )


def _recovers_s(fault: Fault) -> float:
    return 20.0 if fault.target in BROKERS else 0.0
