"""What the registry's transactions noted as changed, for the relay.

A note says only what changed; what is published is the state at the time of publishing, so that nothing personal
lies here twice, and a state published again after a crash can only be newer.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.checkin.adapters.seal import Seal
from services.checkin.adapters.sql_engine import writing
from services.checkin.adapters.sql_queries import delete_in
from services.checkin.adapters.sql_states import states_of
from services.checkin.adapters.sql_tables import outbox, relay
from services.checkin.application.ports import PUBLISHED_IN_ORDER, Batch, Publication, PublishedKind
from shared.contracts.base import Message

HELD_FOR = timedelta(seconds=10)
"""A relay that died is replaced after this. Longer than publishing a batch may take (relay_registry)."""


class SqlRegistryOutbox:
    """Implements the port `RegistryOutbox`."""

    def __init__(self, engine: AsyncEngine, seal: Seal) -> None:
        self._engine = engine
        self._writing = writing(engine)
        self._seal = seal

    async def take(self, holder: str, now: datetime, limit: int) -> Batch | None:
        async with self._engine.connect() as connection:
            if not (await connection.execute(select(outbox.c.note).limit(1))).first():
                return None
        async with self._writing.begin() as connection:
            now_ms = int(now.timestamp() * 1000)
            until_ms = now_ms + int(HELD_FOR.total_seconds() * 1000)
            held = await connection.execute(
                update(relay)
                .where(or_(relay.c.holder == holder, relay.c.held_until_ms < now_ms))
                .values(holder=holder, held_until_ms=until_ms)
            )
            if held.rowcount == 0:
                return None
            notes = await self._oldest(connection, limit)
            changed = list(dict.fromkeys((note.kind, note.id) for note in notes))
            first = await self._reserve(connection, now_ms, len(changed))
            states = await self._states(connection, changed)
        publications = tuple(
            Publication(kind, id_, first + place, states.get((kind, id_))) for place, (kind, id_) in enumerate(changed)
        )
        return Batch(publications, tuple(note.note for note in notes))

    async def published(self, batch: Batch) -> None:
        async with self._writing.begin() as connection:
            await delete_in(connection, outbox, outbox.c.note, batch.notes)

    async def waiting(self) -> int:
        """How many notes are still to be published."""
        async with self._engine.connect() as connection:
            return (await connection.execute(select(func.count()).select_from(outbox))).scalar_one()

    async def _oldest(self, connection: AsyncConnection, limit: int) -> list[Any]:
        notes: list[Any] = []
        for kind in PUBLISHED_IN_ORDER:
            of_kind = select(outbox).where(outbox.c.kind == kind).order_by(outbox.c.note).limit(limit - len(notes))
            notes += (await connection.execute(of_kind)).all()
        return notes

    async def _reserve(self, connection: AsyncConnection, now_ms: int, count: int) -> int:
        """The first of `count` sequence numbers. They follow the clock, so that they also grow when the database is
        restored from an older copy.
        """
        last = (await connection.execute(select(relay.c.sequence))).scalar_one()
        first = max(last, now_ms) + 1
        await connection.execute(update(relay).values(sequence=first + count - 1))
        return first

    async def _states(
        self, connection: AsyncConnection, changed: Sequence[tuple[PublishedKind, str]]
    ) -> Mapping[tuple[PublishedKind, str], Message]:
        by_kind: dict[PublishedKind, list[str]] = {}
        for kind, id_ in changed:
            by_kind.setdefault(kind, []).append(id_)
        found: dict[tuple[PublishedKind, str], Message] = {}
        for kind, ids in by_kind.items():
            states = await states_of(connection, kind, ids, self._seal)
            found.update({(kind, id_): state for id_, state in states.items()})
        return found
