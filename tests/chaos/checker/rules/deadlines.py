"""Each deadline fires once, at the first tick past it, unless a record before that tick has done away with it."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate

from tests.chaos.checker.contracts import DISPATCH_COMMANDS, INCIDENTS
from tests.chaos.checker.log import Log, Place, Record, Story
from tests.chaos.checker.rules.due_times import Deadline, due_times
from tests.chaos.checker.rules.finding import Finding, spread
from tests.chaos.checker.times import MS_US, SECOND_US, moment, text_of

RULE = "deadlines"
ROUNDING_US = MS_US
"""The platform keeps due times in whole milliseconds, rounded up from binary fractions: one more may pass."""


class Ticks:
    """The ticks of one partition, in order."""

    def __init__(self, ticks: Sequence[Record]) -> None:
        self._ticks = ticks
        self._offsets = [tick.place.offset for tick in ticks]
        self._latest_us = list(accumulate((tick.at_us for tick in ticks), max))

    def first_past(self, due_us: int, after: int) -> Record | None:
        """The first tick behind this offset at or past a time. The brokers' times need not rise with the offsets."""
        begin = max(bisect_right(self._offsets, after), bisect_left(self._latest_us, due_us))
        for index in range(begin, len(self._ticks)):
            if self._ticks[index].at_us >= due_us:
                return self._ticks[index]
        return None


def deadlines(log: Log) -> Finding:
    """Judges every deadline; the figures are in seconds: `lateness` by the log's own times, and until published."""
    finding = Finding(RULE)
    ticks = {where: Ticks(found) for where, found in log.ticks.items()}
    answers = _answers(log)
    late_s: dict[str, list[float]] = defaultdict(list)
    seen_s: dict[str, list[float]] = defaultdict(list)
    counts: Counter[str] = Counter()
    for deadline in due_times(log):
        finding.checked += 1
        _judge(deadline, log, ticks, finding)
        counts[f"{deadline.kind} {'fired' if deadline.fired else 'gone' if deadline.gone else 'not due'}"] += 1
        for fired in deadline.fired[:1]:
            _judge_fired(deadline, fired, log, finding)
            _judge_unheard(deadline, fired, answers.get(deadline.subject, ()), finding)
            late_s[deadline.kind].append((_at_us(fired) - deadline.due_us) / SECOND_US)
            seen_s[deadline.kind].append((fired.at_us - deadline.due_us) / SECOND_US)
    for story in log.stories[INCIDENTS].values():
        _judge_attainments(story, finding)
    finding.figures["deadlines"] = dict(sorted(counts.items()))
    finding.figures["lateness, s"] = {kind: spread(values) for kind, values in late_s.items()}
    finding.figures["until published, s"] = {kind: spread(values) for kind, values in seen_s.items()}
    return finding


def _judge(deadline: Deadline, log: Log, ticks: dict[tuple[str, int], Ticks], finding: Finding) -> None:
    """That it came, and as soon as it could."""
    since = deadline.since.origin
    if since is None:
        return  # that events name their origins is another rule
    if len(deadline.fired) > 1:
        finding.violate(deadline.subject, f"{deadline.kind} fired {len(deadline.fired)} times", *deadline.fired)
    where = ticks.get((since.topic, since.partition))
    tick = None if where is None else where.first_past(deadline.due_us + ROUNDING_US, since.offset)
    if tick is None or tick.place.offset >= log.decided_until(since.topic, since.partition):
        return
    came = deadline.fired[0] if deadline.fired else deadline.gone
    said = f"{deadline.kind} was due at {text_of(deadline.due_us)}"
    if came is None:
        finding.violate(deadline.subject, f"{said} and never fired", deadline.since, tick)
    elif _is_before(tick.place, came.origin):
        finding.violate(deadline.subject, f"{said} and did not fire at the first tick past it", tick, came)


def _judge_fired(deadline: Deadline, fired: Record, log: Log, finding: Finding) -> None:
    """That it was due, by the time of the record that fired it, and that nothing had come first."""
    by = None if fired.origin is None else log.origins.get(fired.origin)
    at_us = _at_us(fired) if by is None else min(by.at_us, _at_us(fired))
    if at_us < deadline.due_us:
        early_ms = (deadline.due_us - at_us) / MS_US
        finding.violate(deadline.subject, f"{deadline.kind} fired {early_ms:g} ms early", fired)
    if deadline.gone is not None and deadline.gone.sequence < fired.sequence:
        what = f"{deadline.kind} fired though {deadline.gone.kind} had come first"
        finding.violate(deadline.subject, what, deadline.gone, fired)


def _judge_unheard(deadline: Deadline, fired: Record, answers: Sequence[Record], finding: Finding) -> None:
    """An answer that lies in the log before the tick must have been heard."""
    since = deadline.since.origin
    assignee = deadline.since.body.get("assignee_id")
    for answer in answers:
        body = answer.body
        may = body["on_behalf"] or body["by_assignee"] == assignee
        if may and _is_before(since, answer.place) and _is_before(answer.place, fired.origin):
            what = f"{deadline.kind} fired though an answer was in the log before"
            finding.violate(deadline.subject, what, answer, fired)


def _judge_attainments(story: Story, finding: Finding) -> None:
    reported = story.events[0]
    attained: Counter[int] = Counter()
    due_s: dict[int, float] = {}
    for event in story.events:
        if event.kind != "stage-attained":
            continue
        due_s = due_s or {stage["number"]: stage["due_after_s"] for stage in reported.body["playbook"]["stages"]}
        body = event.body
        attained[body["stage"]] += 1
        due_us = moment(reported.body["at"]) + round(due_s[body["stage"]] * SECOND_US)
        if body["in_time"] != (moment(body["at"]) <= due_us):
            what = f"stage {body['stage']} says in_time={body['in_time']}, and was due at {text_of(due_us)}"
            finding.violate(story.subject, what, event)
    for stage, count in attained.items():
        if count > 1:
            finding.violate(story.subject, f"stage {stage} was attained {count} times")


def _answers(log: Log) -> dict[str, list[Record]]:
    """Acknowledgements and refusals by order."""
    answers: dict[str, list[Record]] = defaultdict(list)
    for record in log.decidable(DISPATCH_COMMANDS):
        if record.kind in ("acknowledge-order", "decline-order"):
            answers[record.body["order_id"]].append(record)
    return answers


def _is_before(one: Place | None, other: Place | None) -> bool:
    """In one partition."""
    return one is not None and other is not None and one[:2] == other[:2] and one.offset < other.offset


def _at_us(event: Record) -> int:
    return moment(event.body["at"])
