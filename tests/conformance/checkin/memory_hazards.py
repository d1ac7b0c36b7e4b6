"""Hazards and photos in memory, keeping every promise of their ports."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.checkin.adapters.sql_hazards import EventMissing, Recorded
from services.checkin.application.hazards import PHOTOS_AN_HOUR, HazardFilter, Photo, Position
from services.checkin.domain.hazards import Hazard, Known, Unknown, evolve, status_of
from shared.platform.clock import from_ms, to_ms
from shared.vocabulary.organisation import within


class MemoryHazards:
    """Plays `HazardBook`, and is fed as the real one is."""

    def __init__(self) -> None:
        self.states: dict[str, tuple[int, Hazard]] = {}

    async def find(self, hazard_id: str) -> Known | None:
        _, state = self.states.get(hazard_id, (0, Unknown()))
        return None if isinstance(state, Unknown) else state

    async def page(self, wanted: HazardFilter, behind: Position | None, limit: int) -> Sequence[Known]:
        known = [state for _, state in self.states.values() if not isinstance(state, Unknown)]
        found = [
            state
            for state in known
            if within(state.report.path, wanted.subtree)
            and wanted.unit_id in (None, state.report.unit_id)
            and wanted.status in (None, status_of(state))
            and (behind is None or _position(state) < behind)
        ]
        return sorted(found, key=_position, reverse=True)[:limit]

    async def fold(self, events: Sequence[Recorded]) -> None:
        now = dict(self.states)
        for each in events:
            sequence, state = now.get(each.hazard_id, (0, Unknown()))
            if each.sequence > sequence + 1:
                raise EventMissing(each.hazard_id)
            if each.sequence == sequence + 1:
                now[each.hazard_id] = each.sequence, evolve(state, each.event)
        self.states = now


class MemoryPhotos:
    """Plays `HazardPhotos`."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[Photo, datetime]] = {}

    async def keep(self, photo: Photo, now: datetime) -> bool:
        others = [
            other
            for other, at in self.kept.values()
            if other.by == photo.by and other.photo_id != photo.photo_id and at > now - timedelta(hours=1)
        ]
        if len(others) >= PHOTOS_AN_HOUR:
            return False
        self.kept.setdefault(photo.photo_id, (photo, now))
        return True

    async def find(self, photo_id: str) -> Photo | None:
        return self.kept[photo_id][0] if photo_id in self.kept else None


def _position(state: Known) -> Position:
    return from_ms(to_ms(state.report.at)), state.report.hazard_id  # as the log's times are
