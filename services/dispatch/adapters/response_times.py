"""How soon help came, as the incidents' events say: 1-3-5 as it is watched. The figures of record are analytics'."""

from prometheus_client import Counter, Histogram

from shared.contracts.base import Message
from shared.contracts.incident import OrderAcknowledged, StageAttained, StageMissed

STAGE_SECONDS = Histogram(
    "meu_stage_attained_seconds",
    "From the report until a stage of 1-3-5 was attained.",
    ["stage", "drill"],
    buckets=(15, 30, 60, 120, 180, 300, 420, 600, 900, 1800),
)
STAGES_MISSED = Counter("meu_stages_missed", "Stages whose deadline passed first.", ["stage", "drill"])
ACKNOWLEDGED_SECONDS = Histogram(
    "meu_order_acknowledged_seconds",
    "From an order until its assignee said that it comes.",
    ["assignee_kind", "drill"],
    buckets=(5, 10, 20, 30, 45, 60, 90, 120, 180, 300),
)


def observe(event: Message | None) -> None:
    """Count what this event says; most say nothing here."""
    match event:
        case StageAttained():
            STAGE_SECONDS.labels(event.stage, _drill(event.drill)).observe(event.after_s)
        case StageMissed():
            STAGES_MISSED.labels(event.stage, _drill(event.drill)).inc()
        case OrderAcknowledged():
            acknowledged = ACKNOWLEDGED_SECONDS.labels(event.assignee_kind.value, _drill(event.drill))
            acknowledged.observe(event.after_s)
        case _:
            pass


def _drill(drill: bool) -> str:
    return str(drill).lower()
