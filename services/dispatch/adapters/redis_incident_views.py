"""Lists of incidents and their events in Redis, folded from the log.

Keys: `events:<id>` (list), `incident:<id>` (hash: report, state, level, reported_ms, closed_ms), and the sorted sets by
time of report `by-node:<status>:<organisation node>` and `by-unit:<unit>`. Closed incidents leave with
their live state: longer ago is history, which analytics has. The sorted sets are tidied when a list meets such a one.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from services.dispatch.adapters.redis_units import to_ms
from services.dispatch.application.incident_views import Page, Position, Search, Summary
from services.dispatch.domain.evolve import LEVEL_TOLD
from services.dispatch.domain.rules import CLOSED_KEPT
from shared.contracts.incident import (
    HandedOver,
    IncidentCancelled,
    IncidentCleared,
    IncidentEscalated,
    IncidentReported,
    OrderIssued,
)
from shared.platform.records import Received
from shared.vocabulary.terms import AssigneeKind, SourceKind

PREFIX = "{dispatch:incidents}:"
CHUNK = 100

_SCRIPT = (Path(__file__).parent / "update_view.lua").read_text("utf-8")


class RedisIncidentViews:
    """Folds incidents; plays `IncidentViews`."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._update = redis.register_script(_SCRIPT)

    async def add(self, pipeline: "Pipeline", item: Received, *, forced: bool) -> None:
        """Fold one event by way of `pipeline`."""
        change = {**_change(item), "forced": forced}
        await self._update(keys=[PREFIX], args=[json.dumps(change), _event(item)], client=pipeline)

    async def find(self, search: Search, after: Position | None, limit: int) -> Page:
        items: list[Summary] = []
        async for summary, position in self._newest_first(search, after):
            if _matches(search, summary):
                items.append(summary)
                if len(items) == limit:
                    return Page(tuple(items), position)
        return Page(tuple(items), None)

    async def summary(self, incident_id: str) -> Summary | None:
        stored = await cast("Awaitable[dict[bytes, bytes]]", self._redis.hgetall(f"{PREFIX}incident:{incident_id}"))
        return _summary(incident_id, stored) if stored else None

    async def events(self, incident_id: str, after: int, limit: int) -> Sequence[dict[str, Any]]:
        stored = await cast(
            "Awaitable[list[bytes]]", self._redis.lrange(f"{PREFIX}events:{incident_id}", after, after + limit - 1)
        )
        return [json.loads(event) for event in stored if event]

    async def _newest_first(self, search: Search, after: Position | None) -> AsyncIterator[tuple[Summary, Position]]:
        of_a_unit = search.unit_id is not None
        key = f"{PREFIX}by-unit:{search.unit_id}" if of_a_unit else f"{PREFIX}by-node:{search.status}:{search.node}"
        position = after
        while True:
            chunk = await self._chunk(key, search, position)
            for incident_id, score in chunk:
                position = (score, incident_id)
                summary = await self.summary(incident_id)
                if summary is None:
                    await self._redis.zrem(key, incident_id)
                else:
                    yield summary, position
            if len(chunk) < CHUNK:
                return

    async def _chunk(self, key: str, search: Search, after: Position | None) -> list[tuple[str, int]]:
        """The next incidents, newest first; of one moment, the greater id first, as the sorted set has them."""
        newest = "+inf" if search.until is None else str(to_ms(search.until))
        oldest = "-inf" if search.since is None else str(to_ms(search.since))
        skip = 0
        if after is not None:
            newest = str(after[0])
            skip = await self._of_one_moment(key, after)
        found = await cast(
            "Awaitable[list[tuple[bytes, float]]]",
            self._redis.zrevrangebyscore(key, newest, oldest, start=skip, num=CHUNK, withscores=True),
        )
        return [(incident_id.decode(), int(score)) for incident_id, score in found]

    async def _of_one_moment(self, key: str, after: Position) -> int:
        """How many of the moment at which the list goes on were listed already."""
        score, last = after
        same = await cast("Awaitable[list[bytes]]", self._redis.zrevrangebyscore(key, score, score))
        return sum(1 for incident_id in same if incident_id.decode() >= last)


def _matches(search: Search, summary: Summary) -> bool:
    return (
        search.status in ("any", summary.state)
        and (search.incident_class is None or summary.report["incident_class"] == search.incident_class.value)
        and (search.drill is None or summary.report["drill"] == search.drill)
    )


def _summary(incident_id: str, stored: dict[bytes, bytes]) -> Summary:
    closed_ms = stored.get(b"closed_ms")
    return Summary(
        incident_id=incident_id,
        state=cast("Any", stored[b"state"].decode()),
        level=int(stored[b"level"]),
        reported_at=_from_ms(stored[b"reported_ms"]),
        closed_at=None if closed_ms is None else _from_ms(closed_ms),
        report=json.loads(stored[b"report"]),
    )


def _from_ms(ms: bytes) -> datetime:
    return datetime.fromtimestamp(int(ms) / 1000, UTC)


def _event(item: Received) -> str:
    assert item.body is not None
    envelope = item.envelope
    return json.dumps(
        {
            "sequence": envelope.sequence,
            "id": envelope.id,
            "type": envelope.type,
            "time": envelope.time.isoformat(),
            "correlation_id": envelope.correlation_id,
            "data": item.body.model_dump(mode="json"),
        },
        ensure_ascii=False,
    )


def _change(item: Received) -> dict[str, Any]:
    """What the event changes beside the list of events."""
    assert item.body is not None
    body: Any = item.body
    change: dict[str, Any] = {
        "incident_id": item.envelope.subject,
        "sequence": item.envelope.sequence or 0,
        "at_ms": to_ms(body.at),
        "nodes": _nodes(body.path),
    }
    match body:
        case IncidentReported():
            change["report"] = body.model_dump_json()
            change["level"] = max((LEVEL_TOLD[told] for told in body.playbook.tell), default=0)
            if body.source.kind is SourceKind.UNIT:
                change["unit_id"] = body.source.id
        case IncidentEscalated():
            change["level"] = body.level
        case OrderIssued(assignee_kind=AssigneeKind.UNIT):
            change["unit_id"] = body.assignee_id
        case HandedOver():
            change["state"] = "handed-over"
        case IncidentCleared() | IncidentCancelled():
            change["state"] = "closed"
            change["forget_at_ms"] = to_ms(body.at + CLOSED_KEPT)
        case _:
            pass
    return change


def _nodes(path: str) -> list[str]:
    """The path and everything above it: `/440100/440106` → [`/440100`, `/440100/440106`]."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: length + 1]) for length in range(len(parts))]
