"""The audit as a table for spreadsheets."""

from collections.abc import Sequence
from datetime import tzinfo

from services.analytics.domain.spreadsheet import Cell
from shared.contracts.audit import ActionRecorded

AUDIT_HEADER = (
    ("时间", "at"),
    ("账户", "account"),
    ("角色", "role"),
    ("节点", "node"),
    ("操作", "action"),
    ("对象", "about"),
    ("拒绝原因", "refused"),
    ("来源地址", "address"),
    ("链", "chain"),
    ("序号", "number"),
    ("哈希", "hash"),
)
"""Chinese heading, English heading. What was done stands in codes: they are what one filters by."""


def audit_line(record: ActionRecorded, zone: tzinfo) -> Sequence[Cell]:
    """A record's cells; its time as clocks in `zone` show it."""
    return (
        record.at.astimezone(zone).isoformat(sep=" ", timespec="milliseconds"),
        record.actor_id,
        record.role,
        record.path,
        record.action,
        record.about,
        record.refused,
        record.address,
        record.chain_id,
        record.number,
        record.hash,
    )
