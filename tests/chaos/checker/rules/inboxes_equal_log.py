"""What people and officers see of deliveries is what the events come to: what no inbox holds was told to nobody."""

from collections import defaultdict

from tests.chaos.checker.contracts import DELIVERIES
from tests.chaos.checker.evidence import LiveState
from tests.chaos.checker.log import Log, Record, Story
from tests.chaos.checker.rules.finding import Finding

RULE = "inboxes-equal-log"
MARKS = {"delivery-withdrawn": "withdrawn", "delivery-expired": "expired", "delivery-planned": "plan"}
"""Fields of a delivery's hash that say that something happened to it as a whole."""


def inboxes_equal_log(log: Log, live: LiveState) -> Finding:
    """Compares each member's inbox, and what is shown of each delivery: read, gap, withdrawn, expired."""
    finding = Finding(RULE)
    inboxes: dict[str, dict[str, Record]] = defaultdict(dict)
    for story in log.stories[DELIVERIES].values():
        finding.checked += 1
        mine = _shown(story)
        theirs = {name for name in live.deliveries.get(story.subject, frozenset()) if not name.startswith("s:")}
        if mine != theirs:
            what = f"lacks {sorted(mine - theirs)}, shows {sorted(theirs - mine)} wrongly"
            finding.violate(story.subject, what, story.events[-1])
        for event in story.events:
            if event.kind == "attempt-begun" and event.body["channel"] == "inbox":
                for member_id in event.body["recipient_ids"]:
                    inboxes[member_id][story.subject] = event
    for member_id in inboxes.keys() | live.inboxes.keys():
        finding.checked += 1
        held = live.inboxes.get(member_id, frozenset())
        missing = inboxes[member_id].keys() - held
        if missing:
            first = inboxes[member_id][min(missing)]
            finding.violate(member_id, f"{len(missing)} messages are not in the inbox", first)
        if held - inboxes[member_id].keys():
            finding.violate(
                member_id, f"{sorted(held - inboxes[member_id].keys())} are in the inbox, and were not sent"
            )
    return finding


def _shown(story: Story) -> set[str]:
    """The fields of a delivery's hash: `g:` and a member, a gap; `a:` and a member, read."""
    shown: set[str] = set()
    for event in story.events:
        match event.kind:
            case "recipient-unreachable":
                shown.add(f"g:{event.body['member_id']}")
            case "delivery-acknowledged":
                shown.add(f"a:{event.body['member_id']}")
            case kind if kind in MARKS:
                shown.add(MARKS[kind])
            case _:
                pass
        if event.kind == "delivery-expired":
            shown |= {f"g:{member_id}" for member_id in event.body["unreached_ids"]}
    return shown
