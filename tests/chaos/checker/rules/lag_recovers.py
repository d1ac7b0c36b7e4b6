"""Every group is back at its usual distance from the end of its topics within a minute of the last fault."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from tests.chaos.checker.contracts import COMMANDS
from tests.chaos.checker.evidence import LagSample, RunFacts
from tests.chaos.checker.log import Log
from tests.chaos.checker.rules.finding import Finding
from tests.chaos.checker.times import SECOND_US

RULE = "lag-recovers"
WITHIN_S = 60.0
NORMAL_S = 3.0
"""What is normal: no more than comes in so many seconds. A group commits once a second, and what it has not committed
counts as lag; a batch may take most of a second; and topics are written to in bursts.
"""
NORMAL_AT_LEAST = 100
"""… and so many records in any case: on a topic that is written to rarely, one burst is more than its mean."""


def rates(log: Log, facts: RunFacts) -> dict[str, float]:
    """Records a second by topic, over the time of the load."""
    seconds = max(1.0, (facts.load_ended_us - facts.begun_us) / SECOND_US)
    totals: dict[str, int] = defaultdict(int)
    for (topic, _), end in log.ends.items():
        totals[topic] += end
    return {topic: total / seconds for topic, total in totals.items()}


def lag_recovers(samples: Sequence[LagSample], facts: RunFacts, rate: Mapping[str, float]) -> Finding:
    """`rate`: records a second by topic. Recovered is who is found at normal twice in a row, and stays there last."""
    finding = Finding(RULE)
    by_group: dict[tuple[str, str], list[LagSample]] = defaultdict(list)
    for sample in samples:
        by_group[sample.group, sample.topic].append(sample)
    recovered_s: dict[str, float] = {}
    for (group, topic), taken in sorted(by_group.items()):
        normal = max(NORMAL_AT_LEAST, NORMAL_S * rate.get(topic, 0.0))
        after = [sample for sample in taken if sample.at_us >= facts.last_fault_ended_us]
        if group.endswith(".decide") and topic in COMMANDS:
            # Before the end of the run its deciders are stopped, and ticks lie unread: that is no lag of the load.
            after = [sample for sample in after if sample.at_us <= facts.load_ended_us]
        finding.checked += 1
        name = f"{group} {topic}"
        seconds = _recovered_after_s(after, facts.last_fault_ended_us, normal)
        if seconds is None:
            worst = max((sample.lag for sample in after), default=None)
            finding.violate(name, f"never back to {normal:g} records after the last fault, at worst {worst}")
            continue
        recovered_s[name] = seconds
        if seconds > WITHIN_S:
            finding.violate(name, f"back to {normal:g} records only {seconds:.1f} s after the last fault")
        if after[-1].lag > normal:
            finding.violate(name, f"{after[-1].lag} records behind at the end, {normal:g} are normal")
    finding.figures["normal"] = f"what comes in {NORMAL_S:g} s, at least {NORMAL_AT_LEAST} records"
    finding.figures["slowest to recover, s"] = max(recovered_s.values(), default=None)
    return finding


def _recovered_after_s(after: Sequence[LagSample], since_us: int, normal: float) -> float | None:
    for first, second in pairwise(after):
        if first.lag <= normal and second.lag <= normal:
            return (first.at_us - since_us) / SECOND_US
    return None
