"""Briefs of incidents, as a projection of the incident log."""

from collections.abc import Awaitable, Sequence
from datetime import timedelta
from typing import Any, cast

from pydantic import TypeAdapter
from redis.asyncio import Redis

from services.notify.application.briefs import Brief, fold
from shared.platform.records import Received

KEPT = timedelta(days=30)
_codec: TypeAdapter[Brief] = TypeAdapter(Brief)


class RedisBriefs:
    """`<prefix>brief:<incident>`; the projection and its reader."""

    def __init__(self, redis: "Redis", prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    async def apply(self, items: Sequence[Received]) -> None:
        subjects = list(dict.fromkeys(item.envelope.subject for item in items))
        briefs = await self._read(subjects)
        for item in items:
            if item.body is not None:
                briefs[item.envelope.subject] = fold(briefs[item.envelope.subject], item.body)
        pipeline = self._redis.pipeline(transaction=False)
        for incident_id, brief in briefs.items():
            pipeline.set(self._key(incident_id), _codec.dump_json(brief), ex=KEPT)
        await pipeline.execute()

    async def find(self, incident_id: str) -> Brief:
        return (await self._read([incident_id]))[incident_id]

    async def _read(self, incident_ids: Sequence[str]) -> dict[str, Brief]:
        if not incident_ids:
            return {}
        stored = self._redis.mget([self._key(incident_id) for incident_id in incident_ids])
        found: list[Any] = await cast("Awaitable[list[bytes | None]]", stored)
        return {
            incident_id: Brief() if value is None else _codec.validate_json(value)
            for incident_id, value in zip(incident_ids, found, strict=True)
        }

    def _key(self, incident_id: str) -> str:
        return f"{self._prefix}brief:{incident_id}"
