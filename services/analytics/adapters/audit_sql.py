"""The audit's list, in ClickHouse SQL that the embedded engine and a server understand alike.

It reads in the order of the table's key from the newest on, so a page costs the same however long the window is,
unless few records pass the filters. FINAL makes one of a record that was kept twice, and keeps that order, which
LIMIT BY and GROUP BY do not.
"""
# ruff: noqa: S608 - every piece of the text is a constant of this project; what comes from outside is a parameter

from typing import Any

from services.analytics.adapters.rows import moment
from services.analytics.application.audit_trail import Position, Wanted

_SUBTREE = "path = {path:String} OR startsWith(path, concat({path:String}, '/'))"
_BEFORE = (
    "at <= toDateTime64({before:String}, 6, 'UTC') AND (at, chain_id, number)"
    " < (toDateTime64({before:String}, 6, 'UTC'), {chain:String}, {number:UInt64})"
)


def actions(wanted: Wanted, before: Position | None, limit: int) -> tuple[str, dict[str, Any]]:
    """A query → body, and its parameters."""
    conditions = [
        "at >= toDateTime64({start:String}, 6, 'UTC')",
        "at < toDateTime64({end:String}, 6, 'UTC')",
        f"({_SUBTREE} OR path = '')" if wanted.of_nobody_placed else f"({_SUBTREE})",
    ]
    parameters: dict[str, Any] = {
        "path": wanted.path,
        "start": moment(wanted.window.start),
        "end": moment(wanted.window.end),
        "limit": limit,
    }
    if wanted.actor_id is not None:
        conditions.append("actor_id = {actor:String}")
        parameters["actor"] = wanted.actor_id
    if wanted.action is not None:
        conditions.append("action = {action:String}")
        parameters["action"] = wanted.action
    if wanted.only_refused:
        conditions.append("refused != ''")
    if before is not None:
        conditions.append(_BEFORE)
        parameters |= {"before": moment(before.at), "chain": before.chain_id, "number": before.number}
    return (
        f"SELECT body FROM audit_records FINAL WHERE {' AND '.join(conditions)}"
        " ORDER BY at DESC, chain_id DESC, number DESC LIMIT {limit:UInt32}",
        parameters,
    )
