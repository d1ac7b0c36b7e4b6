"""Every record is dealt with: decided, or put aside with its reason; and nothing that was injected did more."""

from collections import Counter
from collections.abc import Sequence

from tests.chaos.checker.contracts import COMMANDS, READERS
from tests.chaos.checker.evidence import Injected
from tests.chaos.checker.log import SPOILT, TICK, Log
from tests.chaos.checker.rules.finding import Finding
from tests.chaos.checker.rules.must_have_effect import skipped

RULE = "processed-or-buried"
TICKS_UNREAD = 200
"""Ticks that may lie unread behind the last command when the deciders stop: those of some seconds."""


def processed_or_buried(log: Log, injected: Sequence[Injected]) -> Finding:
    """`injected`: what the fault run wrote to the topics itself."""
    finding = Finding(RULE)
    _judge_injected(log, injected, finding)
    _judge_dead_letters(log, injected, finding)
    _judge_groups(log, finding)
    _judge_commands(log, finding)
    finding.figures["injected"] = dict(Counter(item.kind for item in injected))
    finding.figures["dead letters"] = dict(Counter(letter.consumer for letter in log.dead_letters))
    return finding


def _judge_injected(log: Log, injected: Sequence[Injected], finding: Finding) -> None:
    caused = {
        event.origin: event for stories in log.stories.values() for story in stories.values() for event in story.events
    }
    for item in injected:
        finding.checked += 1
        if item.kind in SPOILT:
            if item.place not in log.buried:
                finding.violate(str(item.place), f"{item.kind} is in no dead-letter topic")
        elif item.place in caused:
            record = log.origins[item.place]
            if record.kind != TICK:
                finding.violate(str(item.place), f"the {item.kind} of {item.of} took effect", caused[item.place])


def _judge_dead_letters(log: Log, injected: Sequence[Injected], finding: Finding) -> None:
    spoilt = {item.place for item in injected if item.kind in SPOILT}
    for letter in log.dead_letters:
        finding.checked += 1
        if letter.source is None or not letter.reason:
            finding.violate(str(letter.place), "a dead letter does not say why, or from where", letter.reason)
        elif letter.source not in spoilt:
            what = f"put aside by {letter.consumer}, and it was not injected: {letter.reason[:200]}"
            finding.violate(str(letter.source), what, letter.place)


def _judge_groups(log: Log, finding: Finding) -> None:
    """Groups have committed all there is; deciders all but the ticks that came while they were stopped."""
    last_command = _last_commands(log)
    for (group, topic, partition), committed in log.committed.items():
        end = log.ends.get((topic, partition))
        if end is None:
            continue
        finding.checked += 1
        needed = end
        if group.endswith(".decide") and topic in COMMANDS:
            needed = max(last_command.get((topic, partition), -1) + 1, end - TICKS_UNREAD)
        if committed < needed:
            finding.violate(f"{topic}/{partition}", f"{group} has read up to {committed}, {needed} are to be read")
    for group, topic in sorted({*READERS, *((group, topic) for group, topic, _ in log.committed)}):
        for (of_topic, partition), end in log.ends.items():
            if of_topic == topic and end > 0 and (group, topic, partition) not in log.committed:
                finding.violate(f"{topic}/{partition}", f"{group} has never committed an offset")


def _last_commands(log: Log) -> dict[tuple[str, int], int]:
    last: dict[tuple[str, int], int] = {}
    for topic in COMMANDS:
        for record in log.records.get(topic, ()):
            if record.kind != TICK:
                last[topic, record.place.partition] = record.place.offset
    return last


def _judge_commands(log: Log, finding: Finding) -> None:
    checked, found = skipped(log)
    finding.checked += checked
    for record, what in found:
        finding.violate(record.id, what, record)
