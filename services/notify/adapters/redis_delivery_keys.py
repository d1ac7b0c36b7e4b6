"""Where the projection of the delivery log lies in Redis. All of it can be read again from the log.

`notify:delivery:<id>` (hash): `plan`, `withdrawn`, `expired`; `s:<member>` what became of the last attempt,
`g:<member>` a gap, `a:<member>` when it was acknowledged.
`notify:incident:<id>` (sorted set): deliveries by time. `{notify:inboxes}:<member>` (sorted set): the same of a member;
under one hash tag, so that a script may fill many.
"""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from shared.vocabulary.terms import AttemptOutcome, ChannelKind

KEPT = timedelta(days=30)
INBOXES = "{notify:inboxes}:"
BELLS = "notify:bell:"


class LastAttempt(BaseModel):
    """`outcome` None: the attempt is out."""

    model_config = ConfigDict(frozen=True)

    channel: ChannelKind
    outcome: AttemptOutcome | None = None
    latency_ms: float | None = None
    detail: str = ""


def delivery_key(delivery_id: str) -> str:
    return f"notify:delivery:{delivery_id}"


def incident_key(incident_id: str) -> str:
    return f"notify:incident:{incident_id}"


def inbox_key(member_id: str) -> str:
    return f"{INBOXES}{member_id}"


def bell(member_id: str) -> str:
    """The channel on which a change of a member's inbox is announced."""
    return f"{BELLS}{member_id}"


def oldest_kept(now: datetime) -> float:
    """The score below which what sorted sets hold has expired."""
    return (now - KEPT).timestamp()
