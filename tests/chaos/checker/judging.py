"""All rules, held against what was read."""

from collections.abc import Callable
from typing import Final

from tests.chaos.checker.evidence import Evidence
from tests.chaos.checker.rules import (
    accepted_is_kept,
    deadlines,
    history_equals_log,
    inboxes_equal_log,
    lag_recovers,
    one_order_a_unit,
    processed_or_buried,
    read_side_equals_log,
    redis_equals_log,
    sequences,
    stalls,
    told_or_shown,
)
from tests.chaos.checker.rules.finding import Finding, Violation

Judge = Callable[[Evidence], Finding]

RULES: Final[dict[str, Judge]] = {
    accepted_is_kept.RULE: lambda e: accepted_is_kept.accepted_is_kept(e.operations, e.log),
    one_order_a_unit.RULE: lambda e: one_order_a_unit.one_order_a_unit(e.log, e.faults),
    deadlines.RULE: lambda e: deadlines.deadlines(e.log),
    sequences.RULE: lambda e: sequences.sequences(e.log),
    redis_equals_log.RULE: lambda e: redis_equals_log.redis_equals_log(e.log, e.live),
    read_side_equals_log.RULE: lambda e: read_side_equals_log.read_side_equals_log(e.log, e.live),
    inboxes_equal_log.RULE: lambda e: inboxes_equal_log.inboxes_equal_log(e.log, e.live),
    history_equals_log.RULE: lambda e: history_equals_log.history_equals_log(e.log, e.history),
    told_or_shown.RULE: lambda e: told_or_shown.told_or_shown(e.log, e.sink, e.facts.rest_at_us),
    processed_or_buried.RULE: lambda e: processed_or_buried.processed_or_buried(e.log, e.injected),
    lag_recovers.RULE: lambda e: lag_recovers.lag_recovers(e.lag, e.facts, lag_recovers.rates(e.log, e.facts)),
    stalls.RULE: lambda e: stalls.stalls(e.log, e.faults),
}
"""By name, in the order in which they are shown."""


def judge(evidence: Evidence) -> list[Finding]:
    """Every rule's finding. A log so broken that a rule cannot be followed through breaks that rule."""
    return [_judged(rule, by, evidence) for rule, by in RULES.items()]


def _judged(rule: str, by: Judge, evidence: Evidence) -> Finding:
    try:
        return by(evidence)
    except (KeyError, ValueError, IndexError, TypeError, AttributeError) as error:
        return Finding(rule, violations=[Violation(rule, "log", f"cannot be judged: {type(error).__name__}: {error}")])
