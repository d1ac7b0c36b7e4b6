"""Hazards in SQL, folded from their topic, and photos.

The topic is kept for ever: should the database come back from an older copy, the consumer group `checkin.hazards` is
set back to the time of the copy, and what is there already changes nothing.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.checkin.adapters.hazard_ledger import hazard_codec
from services.checkin.adapters.seal import Seal
from services.checkin.adapters.sql_engine import writing
from services.checkin.adapters.sql_hazard_tables import hazard_photos, hazards
from services.checkin.adapters.sql_queries import in_subtree, insert_if_absent, rows_in, upsert
from services.checkin.application.hazards import PHOTOS_AN_HOUR, HazardFilter, Photo, Position
from services.checkin.domain.hazard_messages import HazardEvent
from services.checkin.domain.hazards import Hazard, Known, Unknown, evolve, status_of
from shared.platform.clock import to_ms

HOUR = timedelta(hours=1)


class EventMissing(Exception):
    """An event came whose predecessor is not in the database: it is put aside, and somebody must look."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it is on the log; `sequence` counts its hazard's from 1."""

    hazard_id: str
    sequence: int
    event: HazardEvent


class SqlHazards:
    """Implements the port `HazardBook`."""

    def __init__(self, engine: AsyncEngine, seal: Seal) -> None:
        self._engine = engine
        self._writing = writing(engine)
        self._seal = seal

    async def find(self, hazard_id: str) -> Known | None:
        async with self._engine.connect() as connection:
            query = select(hazards.c.state_sealed).where(hazards.c.hazard_id == hazard_id)
            sealed = (await connection.execute(query)).scalar()
        return None if sealed is None else self._opened(sealed)

    async def page(self, wanted: HazardFilter, behind: Position | None, limit: int) -> Sequence[Known]:
        at, id_ = hazards.c.reported_at_ms, hazards.c.hazard_id
        query = select(hazards.c.state_sealed).order_by(at.desc(), id_.desc()).limit(limit)
        query = query.where(in_subtree(hazards.c.path, wanted.subtree))
        if wanted.unit_id is not None:
            query = query.where(hazards.c.unit == wanted.unit_id)
        if wanted.status is not None:
            query = query.where(hazards.c.status == wanted.status.value)
        if behind is not None:
            last = to_ms(behind[0])
            query = query.where(or_(at < last, and_(at == last, id_ < behind[1])))
        async with self._engine.connect() as connection:
            sealed = (await connection.execute(query)).scalars().all()
        return await asyncio.to_thread(lambda: [self._opened(each) for each in sealed])

    async def fold(self, events: Sequence[Recorded]) -> None:
        """What these events make of their hazards, all or nothing; what is in it already changes nothing. Raises
        EventMissing.
        """
        async with self._writing.begin() as connection:
            ids = {each.hazard_id for each in events}
            there = {
                row["hazard_id"]: row async for row in rows_in(connection, select(hazards), hazards.c.hazard_id, ids)
            }
            now = {id_: (row["sequence"], self._opened(row["state_sealed"])) for id_, row in there.items()}
            changed: dict[str, tuple[int, Hazard]] = {}
            for each in events:
                sequence, state = changed.get(each.hazard_id) or now.get(each.hazard_id) or (0, Unknown())
                if each.sequence > sequence + 1:
                    raise EventMissing(f"event {sequence + 1} of {each.hazard_id}")
                if each.sequence == sequence + 1:
                    changed[each.hazard_id] = each.sequence, evolve(state, each.event)
            rows = [
                self._row(sequence, state) for sequence, state in changed.values() if not isinstance(state, Unknown)
            ]
            # A worker that still believes to own a partition does not bring an older state back.
            await upsert(connection, hazards, rows, newer_by="sequence")

    def _row(self, sequence: int, state: Known) -> Mapping[str, Any]:
        return {
            "hazard_id": state.report.hazard_id,
            "sequence": sequence,
            "status": status_of(state).value,
            "unit": state.report.unit_id,
            "path": state.report.path,
            "reported_at_ms": to_ms(state.report.at),
            "state_sealed": self._seal.close(hazard_codec.dump_json(state).decode()),
        }

    def _opened(self, sealed: bytes) -> Known:
        state = hazard_codec.validate_json(self._seal.open(sealed))
        assert not isinstance(state, Unknown)  # of what nobody reported there is no row
        return state


class SqlHazardPhotos:
    """Implements the port `HazardPhotos`."""

    def __init__(self, engine: AsyncEngine, seal: Seal) -> None:
        self._engine = engine
        self._writing = writing(engine)
        self._seal = seal

    async def keep(self, photo: Photo, now: datetime) -> bool:
        row = {
            "photo_id": photo.photo_id,
            "content_type": photo.content_type,
            # Two megabytes take some ten milliseconds.
            "content_sealed": await asyncio.to_thread(self._seal.close_bytes, photo.content),
            "kept_by": photo.by,
            "kept_at_ms": to_ms(now),
        }
        others = hazard_photos.c.kept_by == photo.by, hazard_photos.c.photo_id != photo.photo_id
        lately = hazard_photos.c.kept_at_ms > to_ms(now - HOUR)
        async with self._writing.begin() as connection:
            count = select(func.count()).select_from(hazard_photos).where(*others, lately)
            if (await connection.execute(count)).scalar_one() >= PHOTOS_AN_HOUR:
                return False
            await insert_if_absent(connection, hazard_photos, row)
            return True

    async def find(self, photo_id: str) -> Photo | None:
        async with self._engine.connect() as connection:
            query = select(hazard_photos).where(hazard_photos.c.photo_id == photo_id)
            row = (await connection.execute(query)).mappings().first()
        if row is None:
            return None
        content = await asyncio.to_thread(self._seal.open_bytes, row["content_sealed"])
        return Photo(row["photo_id"], row["content_type"], content, row["kept_by"])
