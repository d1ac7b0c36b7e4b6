"""One delivery's log, as the projection gets it."""

from datetime import UTC, datetime
from typing import Any

from shared.contracts.base import Message
from shared.contracts.delivery import (
    AttemptBegun,
    AttemptEnded,
    DeliveryAcknowledged,
    DeliveryExpired,
    DeliveryPlanned,
    DeliveryWithdrawn,
    RecipientUnreachable,
)
from shared.contracts.envelope import Envelope
from shared.contracts.generate import EXAMPLES, HERE
from shared.platform.records import Received, Record

T0 = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)
STATION = "/440100/440106/440106007"


def seen(kind: type[Message], subject: str, **changes: Any) -> Received:
    example = kind.model_validate_json((HERE / EXAMPLES / f"{kind.ce_type()}.json").read_bytes())
    body = kind.model_validate({**example.model_dump(), **changes})
    return received(subject, body)


def received(subject: str, body: Message | None) -> Received:
    envelope = Envelope("id", "/test", "type", subject, T0, "id")
    return Received(Record("topic", 0, 0, T0, subject.encode(), None, {}), envelope, body)


PLAN: dict[str, Any] = {
    "delivery_id": "d1",
    "incident_id": "i1",
    "lane": "normal",
    "path": STATION,
    "at": T0,
    "recipients": [{"member_id": m, "channels": [{"kind": "inbox", "address": ""}]} for m in ("a", "b", "c")],
}
ABOUT = {key: PLAN[key] for key in ("delivery_id", "incident_id", "lane", "path", "at")}
STORY = [
    seen(DeliveryPlanned, "d1", **PLAN),
    seen(AttemptBegun, "d1", **ABOUT, channel="inbox", recipient_ids=("a", "b"), attempt_id="t1"),
    seen(
        AttemptEnded,
        "d1",
        **ABOUT,
        channel="inbox",
        attempt_id="t1",
        latency_ms=12.5,
        results=({"member_id": "a", "outcome": "accepted"}, {"member_id": "b", "outcome": "failed", "detail": "why"}),
    ),
    seen(RecipientUnreachable, "d1", **ABOUT, member_id="c", reason="no-channel"),
    seen(DeliveryAcknowledged, "d1", **ABOUT, member_id="a"),
    seen(DeliveryExpired, "d1", **ABOUT, unreached_ids=("b",)),
    seen(DeliveryWithdrawn, "d1", **ABOUT, reason="answered"),
]
