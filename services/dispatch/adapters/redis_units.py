"""What the unit directory in Redis is folded from: registry, duty, positions and orders.

Keys, all under one hash tag so that a script may touch them together:

    geo              geo set of the units that may be looked at: registered, not suspended, quorum met
    unit:<id>        hash: station_id, path, equipment, capabilities, suspended, site_lon, site_lat, duty, members,
                     on_duty, until_ms, lon, lat, at_ms (of the position), duty_sequence (of the last duty event folded)
    orders:<unit>    hash: order id → "<drill> <issued at, ms> <incident>", open orders only
    claim:<unit>     "<drill> <incident> <round>", lapses unless an order confirms it
    rest:<unit>      there while the unit rests after an order: "<drill>"
    round:<incident>:<round>   the matcher's answer
    claims-kept      the run of Redis that has every claim that was made
    claims-lost      an id for the loss that claims come back from, until they are kept
    seen:<incident>  sequence of the last event folded
    doubly-ordered   set of units with more than one open order
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from shared.contracts.base import Message
from shared.contracts.duty import MemberCheckedIn, UnitDutyChanged
from shared.contracts.positions import PositionsReported
from shared.contracts.registry import Equipment, Unit
from shared.platform.records import Received

PREFIX = "{dispatch:units}:"
NEVER_MS = 253_402_300_799_000  # the end of the year 9999
CITY_TIME = timezone(timedelta(hours=8))  # China has one time zone; an expiry date is good until its midnight

_UPDATE = (Path(__file__).parent / "update_unit.lua").read_text("utf-8")
_MOVE = (Path(__file__).parent / "update_positions.lua").read_text("utf-8")


def to_ms(time: datetime) -> int:
    """Milliseconds since 1970."""
    return int(time.astimezone(UTC).timestamp() * 1000)


class RedisUnits:
    """Projection of the registry's units, of duty and of positions."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._update = redis.register_script(_UPDATE)
        self._move = redis.register_script(_MOVE)

    async def apply(self, items: Sequence[Received]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for item in items:
            await self._add(pipeline, item)
        await pipeline.execute()

    async def _add(self, pipeline: "Pipeline", item: Received) -> None:
        match item.body:
            case None:
                await self._send(pipeline, "deleted", {"unit_id": item.envelope.subject})
            case Unit():
                await self._send(pipeline, "registered", _registered(item.body))
            case UnitDutyChanged():
                await self._send(pipeline, "duty", _duty(item.body, item.envelope.sequence or 0))
            case MemberCheckedIn():
                await self._send(pipeline, "checked-in", _checked_in(item.body))
            case PositionsReported():
                rows = [(fix.unit_id, fix.member_id, fix.lon, fix.lat, to_ms(fix.time)) for fix in item.body.fixes]
                await self._move(keys=[PREFIX], args=[json.dumps(rows)], client=pipeline)
            case Message():
                pass

    async def _send(self, pipeline: "Pipeline", kind: str, data: dict[str, Any]) -> None:
        await self._update(keys=[PREFIX], args=[kind, json.dumps(data)], client=pipeline)


def _registered(unit: Unit) -> dict[str, Any]:
    return {
        "unit_id": unit.unit_id,
        "station_id": unit.station_id,
        "path": unit.path,
        "suspended": unit.suspended,
        "equipment": json.dumps(_usable_until(unit.equipment)),
        "capabilities": json.dumps(unit.capabilities),
        "lon": unit.location.lon,
        "lat": unit.location.lat,
    }


def _usable_until(equipment: Sequence[Equipment]) -> dict[str, int]:
    """By kind: until when (ms) the unit has at least one usable piece; 0: no end is known."""
    usable: dict[str, int] = {}
    for piece in equipment:
        if piece.count == 0:
            continue
        until = 0 if piece.expires_on is None else to_ms(_midnight_after(piece.expires_on))
        known = usable.get(piece.kind.value, until)
        usable[piece.kind.value] = 0 if 0 in (known, until) else max(known, until)
    return usable


def _midnight_after(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CITY_TIME) + timedelta(days=1)


def _duty(event: UnitDutyChanged, sequence: int) -> dict[str, Any]:
    data: dict[str, Any] = {
        "unit_id": event.unit_id,
        "sequence": sequence,
        "state": event.state.value,
        "members": len(event.on_duty),
        "on_duty": json.dumps(event.on_duty),
        "until_ms": NEVER_MS if event.until is None else to_ms(event.until),
    }
    if event.location is not None:
        data |= {"lon": event.location.lon, "lat": event.location.lat, "at_ms": to_ms(event.at)}
    return data


def _checked_in(event: MemberCheckedIn) -> dict[str, Any]:
    return {
        "unit_id": event.unit_id,
        "lon": event.location.lon,
        "lat": event.location.lat,
        "at_ms": to_ms(event.at),
    }
