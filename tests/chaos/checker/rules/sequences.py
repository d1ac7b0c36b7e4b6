"""Every aggregate's events are 1, 2, 3 …, and each says rightly from which record it was decided."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tests.chaos.checker.contracts import AGGREGATES, EVENTS, EVENTS_OF, derived_id
from tests.chaos.checker.log import UNDECODABLE, Log, Place, Record
from tests.chaos.checker.rules.finding import Finding
from tests.chaos.checker.times import moment

RULE = "sequences"


def sequences(log: Log) -> Finding:
    """Repeats are allowed if they are identical: a crash publishes again."""
    finding = Finding(RULE)
    repeats = 0
    for topic in EVENTS:
        parts: dict[Place, list[Record]] = defaultdict(list)
        for subject, records in _by_subject(log, topic).items():
            finding.checked += len(records)
            firsts = _firsts(subject, records, finding)
            repeats += len(records) - len(firsts)
            _in_order(subject, firsts, finding)
            for record in firsts:
                _judge_one(record, AGGREGATES[topic], log, finding)
                if record.origin is not None:
                    parts[record.origin].append(record)
        for origin, found in parts.items():
            _all_parts(origin, found, finding)
    finding.figures["events published again"] = repeats
    return finding


def _by_subject(log: Log, topic: str) -> dict[str, list[Record]]:
    by_subject: dict[str, list[Record]] = defaultdict(list)
    for record in log.of(topic):
        if record.kind == UNDECODABLE:
            by_subject[f"{record.place}"].append(record)
        else:
            by_subject[record.subject].append(record)
    return by_subject


def _firsts(subject: str, records: Sequence[Record], finding: Finding) -> list[Record]:
    """Each event once, as it was met first, with every step of the sequence that is not one."""
    firsts: dict[int, Record] = {}
    for record in records:
        first = firsts.get(record.sequence)
        if first is not None:
            if not _is_same(first, record):
                finding.violate(subject, f"event {record.sequence} was published again, and differs", first, record)
            continue
        expected = len(firsts) + 1
        if record.sequence != expected:
            kind = "a gap" if record.sequence > expected else "a step back"
            finding.violate(subject, f"{kind}: {record.sequence} where {expected} was to come", record)
        firsts[record.sequence] = record
    return list(firsts.values())


def _is_same(one: Record, other: Record) -> bool:
    return one._replace(place=other.place, timestamp_ms=other.timestamp_ms) == other


def _in_order(subject: str, firsts: Sequence[Record], finding: Finding) -> None:
    """A later event is never decided from an earlier command."""
    for before, after in pairwise(firsts):
        if before.origin is None or after.origin is None:
            continue
        if before.origin[:2] == after.origin[:2] and before.origin.offset > after.origin.offset:
            finding.violate(subject, f"event {after.sequence} was decided before {before.sequence}", before, after)


def _judge_one(record: Record, aggregate: str, log: Log, finding: Finding) -> None:
    for what in _faults(record, aggregate, log):
        finding.violate(record.subject or str(record.place), what, record)


def _faults(record: Record, aggregate: str, log: Log) -> Iterator[str]:
    if record.kind == UNDECODABLE:
        yield "no CloudEvent on an event topic"
        return
    if record.id != derived_id(aggregate, record.subject, record.sequence):
        yield f"event {record.sequence} has an id that is not derived from its aggregate and sequence"
    origin = record.origin
    if origin is None or EVENTS_OF.get(origin.topic) != record.place.topic:
        yield f"event {record.sequence} does not say from which command it was decided"
        return
    if origin.partition != record.place.partition:
        yield f"event {record.sequence} lies in another partition than its command"
    command = log.origins.get(origin)
    if command is None:
        yield f"event {record.sequence} was decided from {origin}, where nothing is"
        return
    if command.id != record.causation:
        yield f"event {record.sequence} names another cause than {origin} is"
    if moment(record.body["at"]) != command.at_us:
        yield f"event {record.sequence} does not have the time of {origin}"


def _all_parts(origin: Place, found: Sequence[Record], finding: Finding) -> None:
    """Of n events that a record caused, each is there, and none for a second decision of it."""
    wanted = max(record.part[1] for record in found)
    numbers = Counter(record.part[0] for record in found)
    missing = sorted(set(range(1, wanted + 1)) - numbers.keys())
    if missing or any(record.part[1] != wanted for record in found):
        finding.violate(str(origin), f"caused {wanted} events, of which {missing} are missing", *found)
    if len(found) > len(numbers):
        finding.violate(str(origin), f"was decided {max(numbers.values())} times, with different events", *found)
