"""What was answered as done is in the log with its effect, once; what was refused had none."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from tests.chaos.checker.contracts import DELIVERIES, INCIDENTS
from tests.chaos.checker.evidence import Operation
from tests.chaos.checker.log import Log, Record
from tests.chaos.checker.rules.finding import Finding

RULE = "accepted-is-kept"
BY_THE_DECIDER = frozenset(
    {
        "already-arrived",
        "code-replayed",
        "delivery-unknown",
        "incident-closed",
        "incident-handed-over",
        "internal-fault",
        "not-a-recipient",
        "not-at-scene",
        "not-on-duty",
        "not-your-order",
        "order-not-open",
        "order-unknown",
        "outcome-lost",
    }
)
"""Codes that only a decider gives: it has seen the command, whatever became of earlier tries of the same request."""
CAUSED = {
    "check-in": "member-checked-in",
    "check-out": "member-checked-out",
    "decline": "order-declined",
    "handover": "handed-over",
    "clear": "incident-cleared",
    "cancel": "incident-cancelled",
    "escalate": "incident-escalated",
    "sighting": "sighting-reported",
}
"""Operations that, accepted, cause exactly one such event themselves."""
BROUGHT_ABOUT = {
    "acknowledge": (INCIDENTS, "order-acknowledged", "order_id"),
    "arrive": (INCIDENTS, "assignee-arrived", "order_id"),
    "report": (INCIDENTS, "incident-reported", None),
    "read": (DELIVERIES, "delivery-acknowledged", "member_id"),
}
"""Operations after which exactly one such event is there, for that order or person; a repeat causes none itself."""


def accepted_is_kept(operations: Sequence[Operation], log: Log) -> Finding:
    """Judges every operation by its outcome, and every command of anybody by its effect."""
    finding = Finding(RULE)
    _no_command_takes_effect_twice(log, finding)
    for operation in operations:
        finding.checked += 1
        if operation.op == "positions":
            _check_positions(operation, log, finding)
        else:
            _CHECKS[operation.outcome](operation, log, finding)
    counts = Counter(f"{operation.op} {operation.outcome}" for operation in operations)
    finding.figures["operations"] = dict(sorted(counts.items()))
    return finding


def _accepted(operation: Operation, log: Log, finding: Finding) -> None:
    if not _durable(operation, log, finding):
        return
    commands = log.commands[operation.command_id]
    effects = log.caused.get(operation.command_id, [])
    if operation.op in CAUSED:
        own = [event for event in effects if event.kind == CAUSED[operation.op] and _is_of(operation, event)]
        _exactly_one(operation, CAUSED[operation.op], own, commands, finding)
    elif operation.op in BROUGHT_ABOUT:
        topic, kind, whose = BROUGHT_ABOUT[operation.op]
        story = log.stories[topic].get(commands[0].subject)
        of = {"order_id": _order_id(operation), "member_id": operation.by, None: None}[whose]
        own = [
            event
            for event in (story.events if story else ())
            if event.kind == kind and (whose is None or event.body[whose] == of)
        ]
        _exactly_one(operation, kind, own, commands, finding)
    else:
        finding.violate(operation.where, f"the checker does not know what {operation.op} brings about")


def _durable(operation: Operation, log: Log, finding: Finding) -> bool:
    is_there = operation.command_id in log.commands
    if not is_there:
        what = f"{operation.op} by {operation.by} was answered {operation.final}, and its command is not in the log"
        finding.violate(operation.command_id, what, operation.where)
    return is_there


def _refused(operation: Operation, log: Log, finding: Finding) -> None:
    effects = log.caused.get(operation.command_id)
    if effects and (operation.code in BY_THE_DECIDER or operation.is_plainly_answered):
        kinds = ", ".join(sorted({event.kind for event in effects}))
        what = f"{operation.op} was refused ({operation.final} {operation.code}), and caused {kinds}"
        finding.violate(operation.command_id, what, effects[0], operation.where)


def _unknown(operation: Operation, log: Log, finding: Finding) -> None:
    """It may be there or not; that its effect is there at most once is checked for every command."""


_CHECKS: dict[str, Callable[[Operation, Log, Finding], object]] = {
    "accepted": _accepted,
    "durable": _durable,
    "refused": _refused,
    "unknown": _unknown,
}


def _check_positions(operation: Operation, log: Log, finding: Finding) -> None:
    lost = sum(1 for fix in operation.fixes if fix not in log.fixes)
    if lost:
        what = f"{lost} of {len(operation.fixes)} positions that were accepted are not on the topic"
        finding.violate(operation.where, what)


def _exactly_one(
    operation: Operation, kind: str, own: Sequence[Record], commands: Sequence[Record], finding: Finding
) -> None:
    if len(own) != 1:
        what = f"{operation.op} by {operation.by} was accepted, and there are {len(own)} {kind}, not one"
        finding.violate(operation.command_id, what, *commands[:1], *own, operation.where)


def _is_of(operation: Operation, event: Record) -> bool:
    """A check-in also says whose lease has lapsed meanwhile: only what concerns the caller counts."""
    match event.kind:
        case "member-checked-in":
            return event.body["member_id"] == operation.by
        case "member-checked-out":
            body = event.body
            return body["member_id"] == operation.by and body["reason"] == "left"
        case _:
            return True


def _order_id(operation: Operation) -> str:
    """Of `…/orders/{order}/acknowledge`."""
    return operation.path.split("/")[-2]


def _no_command_takes_effect_twice(log: Log, finding: Finding) -> None:
    """The effect of a command, and of its repeats, comes from one record. A tick may concern many aggregates."""
    for cause, effects in log.caused.items():
        origins = {event.origin for event in effects}
        if len(origins) > 1:
            finding.violate(cause, f"took effect {len(origins)} times", *_one_each(effects))


def _one_each(effects: Iterable[Record]) -> Iterable[Record]:
    return {event.origin: event for event in effects}.values()
