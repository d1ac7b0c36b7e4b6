"""Which unit is ordered where, folded from the incidents' events."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from services.dispatch.adapters.redis_units import PREFIX, to_ms
from shared.contracts.incident import (
    OrderCompleted,
    OrderDeclined,
    OrderIssued,
    OrderUnanswered,
    OrderWithdrawn,
    UnitsConsidered,
)
from shared.platform.records import Received
from shared.ports import Clock
from shared.vocabulary.terms import AssigneeKind

SEEN_KEPT = timedelta(days=40)  # longer than a closed incident can come to life in the log

_SCRIPT = (Path(__file__).parent / "update_orders.lua").read_text("utf-8")
_Ended = OrderDeclined | OrderUnanswered | OrderWithdrawn | OrderCompleted


class RedisUnitOrders:
    """Folds incidents: an order confirms the claim on its unit, and its end frees the unit."""

    def __init__(self, redis: "Redis", *, clock: Clock, rest_s: float) -> None:
        """`rest_s`: how long a unit that was at a scene is left alone, in seconds."""
        self._clock = clock
        self._rest = timedelta(seconds=rest_s)
        self._update = redis.register_script(_SCRIPT)

    async def add(self, pipeline: "Pipeline", item: Received, *, forced: bool) -> None:
        """Fold one event by way of `pipeline`."""
        kind, data = self._of(item)
        data |= {
            "incident_id": item.envelope.subject,
            "sequence": item.envelope.sequence or 0,
            "forced": forced,
            "keep_ms": int(SEEN_KEPT.total_seconds() * 1000),
        }
        await self._update(keys=[PREFIX], args=[kind, json.dumps(data)], client=pipeline)

    def _of(self, item: Received) -> tuple[str, dict[str, Any]]:
        match item.body:
            case UnitsConsidered() as event:
                not_chosen = [candidate.unit_id for candidate in event.candidates if not candidate.chosen]
                return "considered", {"round": event.round, "not_chosen": not_chosen}
            case OrderIssued(assignee_kind=AssigneeKind.UNIT) as event:
                return "issued", {
                    "unit_id": event.assignee_id,
                    "order_id": event.order_id,
                    "round": event.round,
                    "drill": event.drill,
                    "at_ms": to_ms(event.at),
                }
            case (OrderDeclined() | OrderUnanswered() | OrderWithdrawn() | OrderCompleted()) as event:
                return self._ended(event)
            case _:
                return "other", {}

    def _ended(self, event: _Ended) -> tuple[str, dict[str, Any]]:
        if event.assignee_kind is not AssigneeKind.UNIT:
            return "other", {}
        rest_ms = 0
        if isinstance(event, OrderCompleted):
            rest_ms = max(0, to_ms(event.at + self._rest) - to_ms(self._clock.now()))
        return "ended", {
            "unit_id": event.assignee_id,
            "order_id": event.order_id,
            "drill": event.drill,
            "rest_ms": rest_ms,
        }
