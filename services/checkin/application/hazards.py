"""Hazards: what a report must be before it becomes a command, and where photos and the list of them are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.checkin.application.directory import Directory
from services.checkin.domain.hazards import HazardStatus, Known
from shared.contracts.base import Place
from shared.contracts.hazard import ReportHazard
from shared.vocabulary.decisions import Refused
from shared.vocabulary.geography import Point
from shared.vocabulary.ids import derived_id
from shared.vocabulary.organisation import within
from shared.vocabulary.terms import HazardKind

PHOTO_MAX = 2_000_000
"""Bytes."""
PHOTOS_AN_HOUR = 30
"""Of one person."""

Position = tuple[datetime, str]
"""When a hazard was reported, and its id."""


@dataclass(frozen=True, slots=True)
class HazardFilter:
    """Hazards of `subtree`; of the others, None admits any."""

    subtree: str
    unit_id: str | None = None
    status: HazardStatus | None = None


class HazardBook(Protocol):
    """All hazards ever reported; follows the log within a moment."""

    async def find(self, hazard_id: str) -> Known | None:
        """One of them."""
        ...

    async def page(self, wanted: HazardFilter, behind: Position | None, limit: int) -> Sequence[Known]:
        """Up to `limit`, the last reported first, from the one behind `behind` on."""
        ...


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of `content_type`, as `by` sent it."""

    photo_id: str
    content_type: str
    content: bytes
    by: str


class HazardPhotos(Protocol):
    """Keeps photos, sealed."""

    async def keep(self, photo: Photo, now: datetime) -> bool:
        """False, and nothing is kept, when its sender has sent PHOTOS_AN_HOUR others lately. Again is no error."""
        ...

    async def find(self, photo_id: str) -> Photo | None:
        """One of them."""
        ...


@dataclass(frozen=True, slots=True)
class HazardReport:
    """What somebody tells. `photo` is what was sent, whatever it is; `location` in WGS-84."""

    unit_id: str
    kind: HazardKind
    note: str
    location: Point
    accuracy_m: float
    photo: bytes | None
    found_at: datetime


@dataclass(frozen=True, slots=True)
class HazardReporter:
    """Who tells it. `unit_id` set: of that unit, and speaks of its site only; else of `subtree`."""

    subject: str
    subtree: str
    unit_id: str | None


class HazardDesk:
    """Takes reports."""

    def __init__(self, directory: Directory, photos: HazardPhotos) -> None:
        self._directory = directory
        self._photos = photos

    async def take(
        self, report: HazardReport, reporter: HazardReporter, hazard_id: str, now: datetime
    ) -> ReportHazard | Refused:
        """The command, its photo kept; or why not: `unknown-unit`, `photo-too-large`, `photo-invalid`,
        `too-many-photos`. Of others' units nobody learns whether there are any.

        A photo whose command is never decided stays where it is, and nobody is shown it.
        """
        unit = self._directory.units.get(report.unit_id)
        if unit is None or not within(unit.path, reporter.subtree) or reporter.unit_id not in (None, unit.unit_id):
            return Refused("unknown-unit", f"{report.unit_id} is not registered in your part of the organisation")
        photo_id = await self._kept(report.photo, reporter.subject, hazard_id, now) if report.photo else None
        if isinstance(photo_id, Refused):
            return photo_id
        return ReportHazard(
            hazard_id=hazard_id,
            by=reporter.subject,
            kind=report.kind,
            note=report.note,
            location=Place(lon=report.location.lon, lat=report.location.lat),
            accuracy_m=report.accuracy_m,
            photo_id=photo_id,
            unit_id=unit.unit_id,
            station_id=unit.station_id,
            path=unit.path,
            found_at=report.found_at,
        )

    async def _kept(self, content: bytes, by: str, hazard_id: str, now: datetime) -> str | Refused:
        if len(content) > PHOTO_MAX:
            return Refused("photo-too-large", f"{len(content)} bytes; at most {PHOTO_MAX}")
        content_type = picture_type(content)
        if content_type is None:
            return Refused("photo-invalid", "neither JPEG nor PNG nor WebP")
        photo = Photo(derived_id("hazard-photo", hazard_id), content_type, content, by)
        if not await self._photos.keep(photo, now):
            return Refused("too-many-photos", f"at most {PHOTOS_AN_HOUR} an hour")
        return photo.photo_id


def picture_type(content: bytes) -> str | None:
    """The media type that the first bytes tell, whatever the sender called it; None: no picture that is taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return None
