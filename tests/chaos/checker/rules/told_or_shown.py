"""Everybody who was to be told was told, or is shown as a gap; and what left is what the log says."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.checker.contracts import DELIVERIES, INCIDENTS, derived_id
from tests.chaos.checker.evidence import SinkCall
from tests.chaos.checker.folding.delivery import EMERGENCY, Delivery
from tests.chaos.checker.log import UNFOLDABLE, Log, Record, Story
from tests.chaos.checker.rules.finding import Finding
from tests.chaos.checker.times import MS_US, moment

RULE = "told-or-shown"
OUTSIDE = ("sms", "webhook")
"""Channels whose calls reach the sink."""


@dataclass(slots=True)
class Attempt:
    """An attempt of a delivery; `outcomes` by member, once it has ended. `addresses`: member → where it goes."""

    begun: Record
    lane: str
    channel: str
    members: tuple[str, ...]
    addresses: Mapping[str, str]
    outcomes: dict[str, str] = field(default_factory=dict)


def told_or_shown(log: Log, sink: Sequence[SinkCall], rest_at_us: int) -> Finding:
    """`rest_at_us`: when nothing was under way any more; a deadline that lies later excuses who still waits."""
    finding = Finding(RULE)
    attempts: dict[str, Attempt] = {}
    fates: Counter[str] = Counter()
    for story in log.stories[DELIVERIES].values():
        own = dict(_attempts(story, finding))
        attempts.update(own)
        _judge_unknown(story, own, finding)
        try:
            _judge_recipients(story, rest_at_us, fates, finding)
        except UNFOLDABLE as error:
            finding.violate(story.subject, f"its events do not fit together: {error!r}", story.events[-1])
    _judge_planned(log, finding)
    _judge_calls(sink, attempts, finding)
    _judge_accepted(sink, attempts, finding)
    finding.figures["recipients"] = dict(sorted(fates.items()))
    finding.figures["sink calls"] = len(sink)
    return finding


def _attempts(story: Story, finding: Finding) -> Iterator[tuple[str, Attempt]]:
    """By id, which must be derived from what the attempt is: else a repeat could not be told from another message."""
    addresses: dict[tuple[str, str], str] = {}
    found: dict[str, Attempt] = {}
    for event in story.events:
        body = event.body
        if event.kind == "delivery-planned":
            for person in body["recipients"]:
                for channel in person["channels"]:
                    addresses.setdefault((person["member_id"], channel["kind"]), channel["address"])
        elif event.kind == "attempt-begun":
            members, channel = tuple(body["recipient_ids"]), body["channel"]
            whole = {member: addresses.get((member, channel), "") for member in members}
            found[body["attempt_id"]] = Attempt(event, body["lane"], channel, members, whole)
            if body["attempt_id"] != derived_id("attempt", story.subject, channel, body["number"], *members):
                finding.violate(body["attempt_id"], "the attempt's id is not derived from what it is", event)
        elif event.kind == "attempt-ended":
            attempt = found.get(body["attempt_id"])
            if attempt is None:
                finding.violate(body["attempt_id"], "ended, and never began", event)
            else:
                attempt.outcomes |= {result["member_id"]: result["outcome"] for result in body["results"]}
    yield from found.items()


def _judge_recipients(story: Story, rest_at_us: int, fates: Counter[str], finding: Finding) -> None:
    delivery = Delivery()
    unreached: set[str] = set()
    for event in story.events:
        delivery.apply(event)
        if event.kind == "delivery-expired":
            unreached = set(event.body["unreached_ids"])
    planned = story.events[0]
    expires_us = moment(planned.body["expires_at"]) if planned.kind == "delivery-planned" else 0
    for member_id, recipient in delivery.recipients.items():
        finding.checked += 1
        fate = recipient.standing
        if recipient.is_acknowledged:
            fate = "read"
        elif fate not in ("reached", "unknown", "unreached") and delivery.why in ("withdrawn", "expired"):
            fate = delivery.why
        fates[fate] += 1
        is_dropped = fate in ("waiting", "calling", "exhausted")
        if is_dropped and (expires_us <= rest_at_us or delivery.why is not None or fate == "exhausted"):
            finding.violate(story.subject, f"{member_id} was dropped silently ({fate})", planned, story.events[-1])
        if fate == "expired" and member_id not in unreached and not recipient.maybe:
            finding.violate(story.subject, f"{member_id} never got it, and the expiry does not say so", planned)


def _judge_unknown(story: Story, attempts: Mapping[str, Attempt], finding: Finding) -> None:
    """What may have arrived is not sent again, but for an emergency."""
    unknown: dict[str, int] = {}
    for event in story.events:
        body = event.body
        if event.kind == "attempt-ended" and body["lane"] != EMERGENCY:
            for result in body["results"]:
                if result["outcome"] == "unknown":
                    unknown[result["member_id"]] = event.sequence
        elif event.kind == "attempt-begun":
            again = sorted(unknown.keys() & set(body["recipient_ids"]))
            if again and body["lane"] != EMERGENCY:
                what = f"sent again to {', '.join(again)} though it may have arrived"
                finding.violate(story.subject, what, attempts[body["attempt_id"]].begun)


def _judge_planned(log: Log, finding: Finding) -> None:
    """Every order is told to somebody, or to nobody for all to see."""
    planned = {
        story.events[0].body["order_id"]
        for story in log.stories[DELIVERIES].values()
        if story.events[0].kind == "delivery-planned" and story.events[0].body["purpose"] == "order"
    }
    for story in log.stories[INCIDENTS].values():
        for event in story.events:
            if event.kind == "order-issued" and (order_id := event.body["order_id"]) not in planned:
                finding.violate(order_id, "no delivery was planned for this order", event)


def _judge_calls(sink: Sequence[SinkCall], attempts: Mapping[str, Attempt], finding: Finding) -> None:
    """Calls follow their attempts, to the attempt's people; what is no emergency is called once."""
    calls: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for call in sink:
        finding.checked += 1
        attempt = attempts.get(call.id)
        if attempt is None:
            finding.violate(call.id, f"{call.channel} was called for an attempt that is not in the log")
            continue
        if attempt.begun.at_us > call.at_us + MS_US:
            early_ms = (attempt.begun.at_us - call.at_us) / MS_US
            finding.violate(call.id, f"{call.channel} was called {early_ms:g} ms before it was written", attempt.begun)
        if call.channel != attempt.channel or not set(call.to) <= _targets(attempt):
            finding.violate(call.id, f"{call.channel} was called for others than the attempt's", attempt.begun)
        if call.channel == "webhook" and call.webhook_id != _webhook_id(attempt, call.to[0]):
            finding.violate(call.id, "the webhook's id is not the one of every repeat", attempt.begun)
        calls[call.id, call.to] += 1
        if attempt.lane != EMERGENCY and calls[call.id, call.to] == 2:
            finding.violate(call.id, f"{call.channel} was called twice for what is no emergency", attempt.begun)


def _judge_accepted(sink: Sequence[SinkCall], attempts: Mapping[str, Attempt], finding: Finding) -> None:
    """Who is said to have been told by a provider was."""
    taken: dict[str, set[str]] = defaultdict(set)
    for call in sink:
        if 200 <= call.answered < 300:
            taken[call.id].update(call.to)
    for attempt_id, attempt in attempts.items():
        if attempt.channel not in OUTSIDE:
            continue
        for member_id, outcome in attempt.outcomes.items():
            target = attempt.addresses[member_id] if attempt.channel == "sms" else member_id
            if outcome == "accepted" and target not in taken[attempt_id]:
                finding.violate(attempt_id, f"{member_id} counts as told, and no call was answered so", attempt.begun)


def _targets(attempt: Attempt) -> set[str]:
    """As the sink names them: numbers of an SMS, people of a webhook."""
    return set(attempt.addresses.values()) if attempt.channel == "sms" else set(attempt.members)


def _webhook_id(attempt: Attempt, member_id: str) -> str:
    return derived_id("webhook", attempt.begun.subject, member_id)
