"""The audit's list, in ClickHouse SQL that the embedded engine and a server understand alike.

It reads in the order of the table's key from the newest on, so a page costs the same however long the window is,
unless few records pass the filters. With FINAL servers before 26.9 would read the whole window, and later ones much
more than the page; so a record that was kept twice comes twice here.
"""
# ruff: noqa: S608 - every piece of the text is a constant of this project; what comes from outside is a parameter

from typing import Any

from services.analytics.adapters.rows import moment
from services.analytics.adapters.sql_pieces import BEFORE, END, SETTINGS, START, SUBTREE
from services.analytics.application.audit_trail import Position, Wanted

Parameters = dict[str, Any]

_COMES_BEHIND = f"at <= {BEFORE} AND (at, chain_id, number) < ({BEFORE}, {{chain:String}}, {{number:UInt64}})"


def actions(wanted: Wanted, before: Position | None, limit: int) -> tuple[str, Parameters]:
    """A query → event_id, body, newest first; and its parameters."""
    conditions, parameters = _wanted(wanted)
    if before is not None:
        conditions.append(_COMES_BEHIND)
        parameters |= {"before": moment(before.at), "chain": before.chain_id, "number": before.number}
    return (
        f"SELECT event_id, body FROM audit_records WHERE {' AND '.join(conditions)}"
        " ORDER BY at DESC, chain_id DESC, number DESC LIMIT {limit:UInt32}",
        parameters | {"limit": limit},
    )


def count(wanted: Wanted, up_to: int) -> tuple[str, Parameters]:
    """A query → found; and its parameters."""
    conditions, parameters = _wanted(wanted)
    distinct = f"SELECT DISTINCT event_id FROM audit_records WHERE {' AND '.join(conditions)} LIMIT {{limit:UInt32}}"
    return f"SELECT count() AS found FROM ({distinct}) {SETTINGS}", parameters | {"limit": up_to}


def _wanted(wanted: Wanted) -> tuple[list[str], Parameters]:
    conditions = [
        f"at >= {START} AND at < {END}",
        f"({SUBTREE} OR path = '')" if wanted.of_nobody_placed else SUBTREE,
    ]
    parameters: Parameters = {
        "path": wanted.path,
        "start": moment(wanted.window.start),
        "end": moment(wanted.window.end),
    }
    if wanted.actor_id is not None:
        conditions.append("actor_id = {actor:String}")
        parameters["actor"] = wanted.actor_id
    if wanted.action is not None:
        conditions.append("action = {action:String}")
        parameters["action"] = wanted.action
    if wanted.only_refused:
        conditions.append("refused != ''")
    return conditions, parameters
