"""The unit directory in Redis: choosing and claiming in one script."""

import json
from collections.abc import Awaitable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from redis.asyncio import Redis

from services.dispatch.adapters.redis_units import PREFIX, to_ms
from services.dispatch.application.ports import ClaimsLost, Found, HeldOrder, Home, Selection
from shared.contracts.incident import ReinforcementRequested
from shared.platform.clock import from_ms
from shared.platform.redis_run import RUN
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import OrderRole

CLAIM_MS = 180_000
"""Until an order confirms it. Longer than deciders may stand still before the city's operators act by telephone."""
ANSWER_KEPT_MS = 24 * 3_600_000
SHOWN = 20

_SCRIPT = RUN + (Path(__file__).parent / "choose_and_claim.lua").read_text("utf-8")


class RedisUnitDirectory:
    """Plays `UnitDirectory`, `Lookout`, `DoubleOrders` and `UnitHomes`."""

    def __init__(self, redis: "Redis", *, position_max_age_s: float) -> None:
        self._redis = redis
        self._position_max_age_ms = int(position_max_age_s * 1000)
        self._choose = redis.register_script(_SCRIPT)

    async def choose_and_claim(self, request: ReinforcementRequested, now: datetime) -> Selection:
        return await self._selection(self._wanted(request, now))

    async def look(self, request: ReinforcementRequested, now: datetime) -> Selection:
        return await self._selection({**self._wanted(request, now), "look_only": True})

    async def _selection(self, wanted: dict[str, Any]) -> Selection:
        answer = await cast("Awaitable[bytes | None]", self._choose(keys=[PREFIX], args=[json.dumps(wanted)]))
        if answer is None:
            raise ClaimsLost("the claims on units were lost; waiting until it is known who was ordered")
        selection = json.loads(answer)
        return Selection(from_ms(selection["claimed_ms"]), [_found(row) for row in selection["units"]])

    async def doubly_ordered(self) -> Sequence[Sequence[HeldOrder]]:
        units = await cast("Awaitable[set[bytes]]", self._redis.smembers(f"{PREFIX}doubly-ordered"))
        return [await self._orders_of(unit.decode()) for unit in sorted(units)]

    async def home(self, unit_id: str) -> Home | None:
        key = f"{PREFIX}unit:{unit_id}"
        station_id, path = await cast("Awaitable[list[bytes | None]]", self._redis.hmget(key, ["station_id", "path"]))
        return None if station_id is None or path is None else Home(station_id.decode(), path.decode())

    async def _orders_of(self, unit_id: str) -> list[HeldOrder]:
        held = await cast("Awaitable[dict[bytes, bytes]]", self._redis.hgetall(f"{PREFIX}orders:{unit_id}"))
        return [_held(order_id.decode(), value.decode()) for order_id, value in sorted(held.items())]

    def _wanted(self, request: ReinforcementRequested, now: datetime) -> dict[str, Any]:
        wanted = {
            "incident_id": request.incident_id,
            "round": request.round,
            "drill": request.drill,
            "lon": request.location.lon,
            "lat": request.location.lat,
            "within_m": request.need.within_m,
            "count": request.need.count,
            "members_min": request.need.members_min,
            "equipment": request.need.equipment,
            "capability": request.need.capability,
            "threat_members_min": request.threat_members_min,
            "threat_equipment": request.threat_equipment,
            "observers_allowed": request.observers_allowed,
            "exclude": request.exclude,
            "named": request.named or None,
            "now_ms": to_ms(now),
            "max_age_ms": self._position_max_age_ms,
            "claim_ms": CLAIM_MS,
            "keep_ms": ANSWER_KEPT_MS,
            "shown": SHOWN,
        }
        return {name: value for name, value in wanted.items() if value is not None}  # Lua takes null for true


def _found(row: dict[str, Any]) -> Found:
    return Found(
        unit_id=row["unit_id"],
        station_id=row["station_id"],
        place=Point(row["lon"], row["lat"]),
        distance_m=row["distance_m"],
        members_on_duty=row["members_on_duty"],
        chosen=row["chosen"],
        role=OrderRole(row["role"]),
        reasons=tuple(row["reasons"]),
        on_ring=row.get("on_ring", True),
    )


def _held(order_id: str, value: str) -> HeldOrder:
    drill, issued_at_ms, incident_id = value.split(" ", 2)
    return HeldOrder(order_id, incident_id, drill == "1", int(issued_at_ms))
