"""What every book of hazards and every store of photos promises."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.checkin.adapters.seal import Seal
from services.checkin.adapters.sql_engine import create_engine, migrate
from services.checkin.adapters.sql_hazards import EventMissing, Recorded, SqlHazardPhotos, SqlHazards
from services.checkin.application.hazards import PHOTOS_AN_HOUR, HazardFilter, Photo
from services.checkin.domain.hazard_messages import HazardRectified, HazardReported, HazardVerified
from services.checkin.domain.hazards import HazardStatus, Verified
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import HazardKind
from tests.conformance.checkin.city import DISTRICT_PATH, STATION_PATH
from tests.conformance.checkin.conftest import KEY, empty_database
from tests.conformance.checkin.memory_hazards import MemoryHazards, MemoryPhotos

T0 = datetime(2026, 3, 1, tzinfo=UTC)
ALL = HazardFilter("/440100")
PICTURE = b"\xff\xd8\xff\xe0 a picture of somebody \x00\xff"
PHOTO = Photo("photo-1", "image/jpeg", PICTURE, "m-1")


@dataclass
class Stores:
    book: Any
    photos: Any
    engine: Any = None


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Stores]:
    if request.param == "memory":
        yield Stores(MemoryHazards(), MemoryPhotos())
        return
    engine = create_engine(await empty_database(request, tmp_path))
    await migrate(engine)
    yield Stores(SqlHazards(engine, Seal(KEY)), SqlHazardPhotos(engine, Seal(KEY)), engine)
    await engine.dispose()


def reported(hazard_id: str, minute: int = 0, unit_id: str = "u-1", path: str = STATION_PATH) -> HazardReported:
    at = T0 + timedelta(minutes=minute)
    return HazardReported(
        hazard_id=hazard_id,
        unit_id=unit_id,
        station_id=path.rpartition("/")[2],
        path=path,
        at=at,
        by="m-1",
        kind=HazardKind.FIRE,
        note="灭火器过期",
        location=Point(113.32, 23.14),
        accuracy_m=10,
        photo_id="photo-1",
        found_at=at,
    )


def rectified(hazard_id: str) -> HazardRectified:
    return HazardRectified(hazard_id, "u-1", "440106001", STATION_PATH, T0 + timedelta(hours=1), "m-2", "已更换")


def verified(hazard_id: str) -> HazardVerified:
    return HazardVerified(hazard_id, "u-1", "440106001", STATION_PATH, T0 + timedelta(hours=2), "o-1", "已复查")


def whole(hazard_id: str) -> list[Recorded]:
    events = (reported(hazard_id), rectified(hazard_id), verified(hazard_id))
    return [Recorded(hazard_id, number, event) for number, event in enumerate(events, 1)]


async def ids(stores: Stores, wanted: HazardFilter = ALL, limit: int = 10, **behind: Any) -> list[str]:
    return [each.report.hazard_id for each in await stores.book.page(wanted, behind.get("behind"), limit)]


async def test_a_hazard_is_what_its_events_come_to(stores: Stores) -> None:
    await stores.book.fold(whole("h-1"))
    found = await stores.book.find("h-1")
    assert isinstance(found, Verified)
    assert found.report == reported("h-1")
    assert (found.rectified.by, found.verified.note) == ("m-2", "已复查")
    assert await stores.book.find("h-9") is None


async def test_events_that_come_again_or_in_pieces_change_nothing_more(stores: Stores) -> None:
    first, second, third = whole("h-1")
    for batch in ([first], [first, second], [second], [first, second, third], [first], []):
        await stores.book.fold(batch)
    found = await stores.book.find("h-1")
    assert isinstance(found, Verified)
    assert await ids(stores) == ["h-1"]


async def test_an_event_without_the_one_before_is_a_fault_and_its_batch_is_not_taken(stores: Stores) -> None:
    _, _, third = whole("h-1")
    with pytest.raises(EventMissing):
        await stores.book.fold([*whole("h-2"), third])
    assert await ids(stores) == []


async def test_the_last_reported_come_first_page_by_page(stores: Stores) -> None:
    for hazard_id, minute in (("h-1", 5), ("h-2", 1), ("h-3", 5), ("h-4", 9)):
        await stores.book.fold([Recorded(hazard_id, 1, reported(hazard_id, minute))])
    assert await ids(stores) == ["h-4", "h-3", "h-1", "h-2"]
    assert await ids(stores, limit=2) == ["h-4", "h-3"]
    behind = (T0 + timedelta(minutes=5), "h-3")
    assert await ids(stores, behind=behind) == ["h-1", "h-2"]


async def test_a_page_holds_the_subtree_the_unit_and_the_status_asked_for(stores: Stores) -> None:
    lookalike, elsewhere = f"{STATION_PATH}1", f"{DISTRICT_PATH}/440106002"
    await stores.book.fold(whole("h-1")[:2])
    for number, (unit_id, path) in enumerate((("u-2", STATION_PATH), ("u-3", lookalike), ("u-4", elsewhere)), 2):
        hazard_id = f"h-{number}"
        await stores.book.fold([Recorded(hazard_id, 1, reported(hazard_id, number, unit_id, path))])
    assert await ids(stores, HazardFilter(STATION_PATH)) == ["h-2", "h-1"]
    assert await ids(stores, HazardFilter(DISTRICT_PATH)) == ["h-4", "h-3", "h-2", "h-1"]
    assert await ids(stores, HazardFilter(STATION_PATH, unit_id="u-2")) == ["h-2"]
    assert await ids(stores, HazardFilter(STATION_PATH, unit_id="")) == []
    assert await ids(stores, HazardFilter(STATION_PATH, status=HazardStatus.RECTIFIED)) == ["h-1"]
    assert await ids(stores, HazardFilter(STATION_PATH, status=HazardStatus.VERIFIED)) == []


async def test_a_photo_is_found_as_it_was_kept_and_keeping_it_again_leaves_it(stores: Stores) -> None:
    assert await stores.photos.keep(PHOTO, T0)
    assert await stores.photos.keep(replace(PHOTO, content=b"\xff\xd8\xff another"), T0)
    assert await stores.photos.find("photo-1") == PHOTO
    assert await stores.photos.find("photo-9") is None


async def test_nobody_sends_more_than_so_many_photos_an_hour(stores: Stores) -> None:
    for number in range(PHOTOS_AN_HOUR):
        assert await stores.photos.keep(replace(PHOTO, photo_id=f"p-{number}"), T0 + timedelta(minutes=number))
    one_more = replace(PHOTO, photo_id="p-more")
    last = T0 + timedelta(minutes=PHOTOS_AN_HOUR)
    assert not await stores.photos.keep(one_more, last)
    assert await stores.photos.find("p-more") is None
    assert await stores.photos.keep(replace(PHOTO, photo_id="p-3"), last), "one that is kept already"
    assert await stores.photos.keep(replace(one_more, by="m-2", photo_id="p-other"), last)
    assert await stores.photos.keep(one_more, T0 + timedelta(hours=1))


@pytest.mark.parametrize("stores", ["sqlite", "postgresql"], indirect=True)
async def test_nothing_that_people_wrote_or_sent_lies_in_the_database_in_clear(stores: Stores) -> None:
    await stores.book.fold(whole("h-1"))
    await stores.photos.keep(PHOTO, T0)
    async with stores.engine.connect() as connection:
        stored = [
            bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            for table in ("hazards", "hazard_photos")
            for row in await connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608
            for value in row
        ]
    assert stored
    for secret in ("灭火器过期".encode(), "已更换".encode(), b"a picture of somebody"):
        assert not [value for value in stored if secret in value]


@pytest.mark.parametrize("stores", ["sqlite", "postgresql"], indirect=True)
async def test_an_older_state_does_not_come_back(stores: Stores) -> None:
    """As when a worker that has lost its partition is still writing."""
    behind = SqlHazards(stores.engine, Seal(KEY))
    await stores.book.fold(whole("h-1"))
    await behind.fold(whole("h-1")[:2])
    assert isinstance(await stores.book.find("h-1"), Verified)
