"""Which unit is ordered where, folded from the incidents' events."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

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
    """Projection of incidents: an order confirms the claim on its unit, and its end frees the unit."""

    def __init__(self, redis: "Redis", *, clock: Clock, rest_s: float) -> None:
        """`rest_s`: how long a unit that was at a scene is left alone, in seconds."""
        self._redis = redis
        self._clock = clock
        self._rest = timedelta(seconds=rest_s)
        self._update = redis.register_script(_SCRIPT)

    async def apply(self, items: Sequence[Received]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for item in items:
            update = self._of(item)
            if update is not None:
                kind, data = update
                data |= {
                    "incident_id": item.envelope.subject,
                    "sequence": item.envelope.sequence or 0,
                    "keep_ms": int(SEEN_KEPT.total_seconds() * 1000),
                }
                await self._update(keys=[PREFIX], args=[kind, json.dumps(data)], client=pipeline)
        await pipeline.execute()

    def _of(self, item: Received) -> tuple[str, dict[str, Any]] | None:
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
                return None

    def _ended(self, event: _Ended) -> tuple[str, dict[str, Any]] | None:
        if event.assignee_kind is not AssigneeKind.UNIT:
            return None
        rest_ms = 0
        if isinstance(event, OrderCompleted):
            rest_ms = max(0, to_ms(event.at + self._rest) - to_ms(self._clock.now()))
        return "ended", {
            "unit_id": event.assignee_id,
            "order_id": event.order_id,
            "drill": event.drill,
            "rest_ms": rest_ms,
        }
