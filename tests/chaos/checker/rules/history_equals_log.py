"""The history holds each event of the topics once, and no other."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tests.chaos.checker.contracts import EVENTS, STATES
from tests.chaos.checker.evidence import Kept
from tests.chaos.checker.log import UNDECODABLE, Log
from tests.chaos.checker.rules.finding import Finding

RULE = "history-equals-log"
COMPACTED = (STATES["station"], STATES["unit"])
"""Their topics forget what the history keeps."""


def history_equals_log(log: Log, history: Mapping[str, Sequence[Kept]]) -> Finding:
    """`history`: by topic, the rows that a reader sees."""
    finding = Finding(RULE)
    for topic in EVENTS:
        _judge_events(topic, log, history.get(topic, ()), finding)
    for topic in COMPACTED:
        _judge_states(topic, log, history.get(topic, ()), finding)
    finding.figures["rows"] = {topic: len(rows) for topic, rows in history.items()}
    return finding


def _judge_events(topic: str, log: Log, rows: Sequence[Kept], finding: Finding) -> None:
    events = {event.id: event for story in log.stories[topic].values() for event in story.events}
    finding.checked += len(events)
    kept = Counter(row[0] for row in rows)
    for event_id, count in kept.items():
        if count > 1:
            finding.violate(event_id, f"{topic}: kept {count} times")
    for event_id in events.keys() - kept.keys():
        event = events[event_id]
        finding.violate(event_id, f"{topic}: {event.kind} {event.sequence} of {event.subject} is missing", event)
    for event_id, subject, sequence, kind in rows:
        event = events.get(event_id)
        if event is None:
            finding.violate(event_id, f"{topic}: {kind} {sequence} of {subject} is kept, and not in the log")
        elif (event.subject, event.sequence, event.kind) != (subject, sequence, kind.split(".")[2]):
            finding.violate(event_id, f"{topic}: kept as {kind} {sequence} of {subject}", event)


def _judge_states(topic: str, log: Log, rows: Sequence[Kept], finding: Finding) -> None:
    kept = {row[0] for row in rows}
    for record in log.of(topic):
        if record.kind != UNDECODABLE:
            finding.checked += 1
            if record.id not in kept:
                finding.violate(record.id, f"{topic}: a state of {record.subject} is missing", record)
