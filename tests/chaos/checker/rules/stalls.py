"""How long decided records waited for their decision, and for what."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.chaos.checker.contracts import SERVICES
from tests.chaos.checker.disturbance import touching
from tests.chaos.checker.evidence import Fault
from tests.chaos.checker.log import Log, Place, Record
from tests.chaos.checker.rules.finding import Finding, spread
from tests.chaos.checker.times import MS_US, SECOND_US

RULE = "stalls"
AT_MOST_S = 12.0


@dataclass(frozen=True, slots=True)
class Stall:
    """A partition from the record that waited longest until its first event was published."""

    origin: Record
    event: Record

    @property
    def seconds(self) -> float:
        return (self.event.timestamp_ms - self.origin.timestamp_ms) * MS_US / SECOND_US

    @property
    def where(self) -> str:
        return f"{self.origin.place.topic}/{self.origin.place.partition}"


def stalls(log: Log, faults: Sequence[Fault]) -> Finding:
    """A stall of more than 12 s is a violation after one SIGKILL and nothing else, and after nothing at all."""
    finding = Finding(RULE)
    waits: dict[str, list[float]] = defaultdict(list)
    for service, waited in _waits(log).items():
        finding.checked += len(waited)
        waits[service] = [stall.seconds for stall in waited]
        for stall in _stretches(waited):
            _judge(service, stall, faults, finding)
    finding.figures["waits, s"] = {service: spread(seconds) for service, seconds in sorted(waits.items())}
    return finding


def _judge(service: str, stall: Stall, faults: Sequence[Fault], finding: Finding) -> None:
    around = touching(faults, stall.origin.at_us, stall.event.at_us)
    if not around:
        what = "with no fault near it"
    elif len(around) == 1 and around[0].is_kill:
        what = f"after one {around[0].kind} of {around[0].target}"
    else:
        return
    finding.violate(service, f"{stall.where} stood still for {stall.seconds:.1f} s {what}", stall.origin, stall.event)


def _waits(log: Log) -> dict[str, list[Stall]]:
    """By service, one for each command or tick that had events, by its first one in the log."""
    first: dict[Place, Record] = {}
    for stories in log.stories.values():
        for story in stories.values():
            for event in story.events:
                if event.origin is not None:
                    known = first.get(event.origin)
                    if known is None or event.timestamp_ms < known.timestamp_ms:
                        first[event.origin] = event
    waits: dict[str, list[Stall]] = defaultdict(list)
    for origin, event in first.items():
        command = log.origins.get(origin)
        if command is not None and origin.topic in SERVICES:
            waits[SERVICES[origin.topic]].append(Stall(command, event))
    return waits


def _stretches(waited: Sequence[Stall]) -> Iterator[Stall]:
    """Of those above the limit, the longest of each stretch of one partition in which they overlap."""
    by_partition: dict[str, list[Stall]] = defaultdict(list)
    for stall in waited:
        if stall.seconds > AT_MOST_S:
            by_partition[stall.where].append(stall)
    for found in by_partition.values():
        found.sort(key=lambda stall: stall.origin.timestamp_ms)
        longest = found[0]
        for stall in found[1:]:
            if stall.origin.timestamp_ms > longest.event.timestamp_ms:
                yield longest
                longest = stall
            elif stall.seconds > longest.seconds:
                longest = stall
        yield longest
