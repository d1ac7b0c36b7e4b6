"""Route: where every unit is and how it is."""

import asyncio
import gzip
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from services.dispatch.adapters.http_access import AnyOfficer
from services.dispatch.adapters.incident_tail import IncidentTail
from services.dispatch.application.map_sight import Sight
from services.dispatch.application.mapped_unit import FIELDS
from services.dispatch.application.unit_map import UnitMap
from shared.platform.clock import from_ms
from shared.platform.web.problems import Problem

GOOD_FOR_S: Final = 1.0
"""So long an answer is given to everybody who sees the same."""
LEVEL: Final = 3
"""Of gzip: above it, twice the time for a tenth less."""


class MapOut(BaseModel):
    """`rows` have the columns `fields`. Whoever opens the stream after `position` misses no event of an incident."""

    at: str
    position: str
    fields: tuple[str, ...] = FIELDS
    rows: list[list[Any]] = Field(examples=[[["u1", "A", "B", "440106007", 113.3, 23.1, "on", 3, 2, 1767225600, None]]])


def require_complete(units: UnitMap) -> None:
    """Raises 503 while the map is not read yet."""
    if not units.is_complete:
        raise Problem(503, "unavailable", "the map is being read", headers={"Retry-After": "1"})


def map_routes(units: UnitMap, tail: IncidentTail) -> APIRouter:
    """`GET /dispatch/v1/map/units`."""
    router = APIRouter(prefix="/dispatch/v1/map")
    answers = _Answers(units, tail)

    @router.get("/units", response_model=MapOut)
    async def all_units(
        principal: AnyOfficer, accept_encoding: Annotated[str, Header(include_in_schema=False)] = ""
    ) -> Response:
        """All units of the caller's subtree, a second old at most."""
        require_complete(units)
        plain, zipped = await answers.of(principal.path)
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
        if "gzip" not in accept_encoding:
            return Response(plain, media_type="application/json", headers=headers)
        return Response(zipped, media_type="application/json", headers={**headers, "Content-Encoding": "gzip"})

    del all_units  # registered
    return router


@dataclass(frozen=True, slots=True)
class _Answer:
    made_at: float
    bodies: "asyncio.Task[tuple[bytes, bytes]]"


class _Answers:
    """By subtree; whoever asks at the same time waits for the same one."""

    def __init__(self, units: UnitMap, tail: IncidentTail) -> None:
        self._units = units
        self._tail = tail
        self._kept: dict[str, _Answer] = {}

    async def of(self, node: str) -> tuple[bytes, bytes]:
        """As it is, and zipped."""
        now = time.monotonic()
        self._kept = {key: answer for key, answer in self._kept.items() if now - answer.made_at < GOOD_FOR_S}
        if node not in self._kept:
            self._kept[node] = _Answer(now, asyncio.create_task(self._make(node)))
        return await asyncio.shield(self._kept[node].bodies)

    async def _make(self, node: str) -> tuple[bytes, bytes]:
        position = self._tail.position()
        news = self._units.snapshot(Sight(node))
        head = {"at": from_ms(self._units.at_ms).isoformat(), "position": position, "fields": FIELDS}
        return await asyncio.to_thread(_encoded, json.dumps(head)[:-1], news.rows)


def _encoded(head: str, rows: Sequence[str]) -> tuple[bytes, bytes]:
    plain = f'{head},"rows":[{",".join(rows)}]}}'.encode()
    return plain, gzip.compress(plain, LEVEL, mtime=0)
