"""Hazards over HTTP: from the phone that found one to the officer who verifies it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.checkin.application.hazards import PHOTO_MAX, PHOTOS_AN_HOUR
from shared.contracts.hazard import ReportHazard
from shared.platform.outcomes import Outcome
from shared.platform.web.tokens import Principal
from shared.vocabulary.geography import Point, wgs84_to_gcj02
from shared.vocabulary.terms import HazardKind, Role
from tests.component.checkin.conftest import (
    DISPLAY,
    ELSEWHERE,
    LEADER,
    MEMBER,
    OFFICER,
    OPERATOR,
    Desk,
)
from tests.conformance.checkin.city import PLACE, UNIT
from tests.fakes.keys import bearer

JPEG = b"\xff\xd8\xff\xe0 some picture"
FIELDS = {
    "unit_id": "u-1",
    "kind": "blocked-exit",
    "note": "东门堆放杂物",
    "lon": str(PLACE.lon),
    "lat": str(PLACE.lat),
    "crs": "wgs84",
    "accuracy_m": "12",
}
OTHER_UNIT = Principal("m-9", Role.MEMBER, MEMBER.path, unit_id="u-2")


async def report(
    desk: Desk, who: Principal = MEMBER, photo: bytes | None = None, key: str | None = None, **changes: Any
) -> httpx.Response:
    fields = {name: value for name, value in {**FIELDS, **changes}.items() if value is not None}
    files: dict[str, Any] = {name: (None, value) for name, value in fields.items()}
    if photo is not None:
        files["photo"] = ("IMG_0001.HEIC", photo, "application/octet-stream")
    headers = bearer(who) if key is None else {**bearer(who), "Idempotency-Key": key}
    return await desk.http.post("/checkin/v1/hazards", files=files, headers=headers)


async def hazard_id(desk: Desk, **options: Any) -> str:
    answer = await report(desk, **options)
    assert answer.status_code == 201, answer.text
    return answer.json()["hazard_id"]


def problem(answer: httpx.Response) -> tuple[int, str, str | None]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"], answer.json().get("field")


async def test_a_hazard_is_found_put_right_and_verified_by_somebody_else(desk: Desk) -> None:
    answer = await report(desk)
    found = answer.json()
    assert (answer.status_code, found["status"], found["reported_by"]) == (201, "reported", "m-2")
    assert (found["kind"], found["note"], found["has_photo"]) == ("blocked-exit", "东门堆放杂物", False)
    path = f"/hazards/{found['hazard_id']}"
    assert (await desk.get(LEADER, path)).json() == found

    right = await desk.post(LEADER, f"{path}/rectify", {"note": "已清理"})
    assert (right.status_code, right.json()["status"]) == (200, "rectified")
    seen = await desk.post(OFFICER, f"{path}/verify", {"note": "已复查"})
    assert (seen.status_code, seen.json()["status"]) == (200, "verified")
    steps = [(seen.json()[step]["by"], seen.json()[step]["note"]) for step in ("rectified", "verified")]
    assert steps == [("m-1", "已清理"), ("o-1", "已复查")]


async def test_a_report_carries_the_registrys_facts_and_the_place_in_wgs84(desk: Desk) -> None:
    shifted = wgs84_to_gcj02(Point(PLACE.lon, PLACE.lat))
    await report(desk, lon=str(shifted.lon), lat=str(shifted.lat), crs="gcj02")
    (command,) = desk.hazards.submitted
    assert isinstance(command, ReportHazard)
    assert (command.unit_id, command.station_id, command.path) == ("u-1", "440106001", MEMBER.path)
    assert command.kind is HazardKind.BLOCKED_EXIT
    assert command.location.lon == pytest.approx(PLACE.lon, abs=1e-6)
    assert command.found_at == desk.clock.now()


async def test_one_that_could_not_be_sent_at_once_says_when_it_was_found(desk: Desk) -> None:
    at = desk.clock.now() - timedelta(days=2)
    assert (await report(desk, found_at=at.isoformat())).json()["found_at"] == at.isoformat().replace("+00:00", "Z")
    future = (desk.clock.now() + timedelta(minutes=1)).isoformat()
    assert problem(await report(desk, found_at=future)) == (422, "time-in-future", "found_at")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"crs": None}, (422, "crs-required", "crs")),
        ({"crs": "bd09"}, (422, "invalid", "crs")),
        ({"kind": "dragon"}, (422, "invalid", "kind")),
        ({"kind": None}, (422, "invalid", "kind")),
        ({"lat": "91"}, (422, "invalid", "lat")),
        ({"lon": "nan"}, (422, "invalid", "lon")),
        ({"accuracy_m": "-1"}, (422, "invalid", "accuracy_m")),
        ({"note": "长" * 2001}, (422, "invalid", "note")),
        ({"unit_id": "u-9"}, (422, "unknown-unit", "unit_id")),
        ({"unit_id": "u 9"}, (422, "invalid", "unit_id")),
        ({"found_at": "yesterday"}, (422, "invalid", "found_at")),
    ],
)
async def test_a_wrong_report_is_refused_by_name(
    desk: Desk, changes: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    assert problem(await report(desk, **changes)) == expected
    assert desk.hazards.submitted == []


async def test_a_note_is_text_whatever_is_in_it(desk: Desk) -> None:
    note = "<script>alert(1)</script>\n=cmd|' /C calc'!A0 \u202e"
    assert (await report(desk, note=note)).json()["note"] == note


async def test_a_photo_is_shown_as_what_it_is_and_as_nothing_else(desk: Desk) -> None:
    id_ = await hazard_id(desk, photo=JPEG)
    answer = await desk.get(OFFICER, f"/hazards/{id_}/photo")
    assert (answer.status_code, answer.content) == (200, JPEG)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert [(seen.actor_id, seen.action, seen.about) for seen in desk.audit.actions] == [
        ("o-1", "hazard-photo-seen", id_)
    ]


async def test_the_event_carries_the_photos_id_only(desk: Desk) -> None:
    await hazard_id(desk, photo=JPEG)
    (command,) = desk.hazards.submitted
    assert isinstance(command, ReportHazard)
    assert command.photo_id in desk.photos.kept
    assert "picture" not in command.model_dump_json()


@pytest.mark.parametrize("photo", [b"<svg onload=alert(1)>", b"GIF89a", b"MZ", b"RIFF0000WAVE"])
async def test_what_is_no_photo_is_refused_whatever_it_is_called(desk: Desk, photo: bytes) -> None:
    assert problem(await report(desk, photo=photo)) == (422, "photo-invalid", "photo")
    assert (desk.hazards.submitted, desk.photos.kept) == ([], {})


async def test_a_photo_is_bounded(desk: Desk) -> None:
    assert (await report(desk, photo=JPEG.ljust(PHOTO_MAX, b"x"))).status_code == 201
    assert problem(await report(desk, photo=JPEG.ljust(PHOTO_MAX + 1, b"x"))) == (413, "photo-too-large", "photo")
    assert problem(await report(desk, photo=b"x" * (PHOTO_MAX + 200_000)))[:2] == (413, "body-too-large")


async def test_a_photo_field_left_empty_is_none(desk: Desk) -> None:
    assert (await report(desk, photo=b"")).json()["has_photo"] is False


async def test_nobody_fills_the_database_with_photos(desk: Desk) -> None:
    for _ in range(PHOTOS_AN_HOUR):
        assert (await report(desk, photo=JPEG)).status_code == 201
    answer = await report(desk, photo=JPEG)
    assert problem(answer) == (429, "too-many-photos", "photo")
    assert answer.headers["retry-after"] == "3600"
    assert (await report(desk)).status_code == 201, "without a photo"


async def test_the_same_request_again_is_the_same_hazard_with_the_same_photo(desk: Desk) -> None:
    """What the middleware remembers is lost here, as when Redis is."""
    first = await hazard_id(desk, photo=JPEG, key="one")
    again = await report(desk, photo=JPEG, key="one")
    assert problem(again)[:2] == (422, "already-reported"), "the worker would know the command: it answers as before"
    assert len(desk.photos.kept) == 1
    assert [command.hazard_id for command in desk.hazards.submitted] == [first, first]  # type: ignore[attr-defined]
    assert await hazard_id(desk, photo=JPEG, key="two") != first


async def test_lists_are_of_the_subtree_the_unit_and_the_status(desk: Desk) -> None:
    await desk.registry.save([replace(UNIT, code="u-2")])
    await desk.relay()
    first = await hazard_id(desk)
    desk.clock.time += timedelta(seconds=1)
    second = await hazard_id(desk, who=OTHER_UNIT, unit_id="u-2")

    async def listed(who: Principal, query: str = "") -> list[str]:
        answer = await desk.get(who, f"/hazards{query}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        return [item["hazard_id"] for item in answer.json()["items"]]

    assert await listed(OFFICER) == await listed(OPERATOR) == [second, first]
    assert await listed(MEMBER) == [first]
    assert await listed(OTHER_UNIT) == [second]
    assert await listed(ELSEWHERE) == []
    assert await listed(OPERATOR, "?station=440106002") == []
    await desk.post(MEMBER, f"/hazards/{first}/rectify", {"note": ""})
    assert await listed(OFFICER, "?status=rectified") == [first]
    assert await listed(OFFICER, "?status=reported") == [second]
    assert problem(await desk.get(ELSEWHERE, "/hazards?station=440106001")) == (422, "unknown-station", "station")


async def test_long_lists_come_page_by_page(desk: Desk) -> None:
    reported = []
    for _ in range(5):
        desk.clock.time += timedelta(milliseconds=1)
        reported.append(await hazard_id(desk))
    seen, path = [], "/checkin/v1/hazards?limit=2"
    while path:
        answer = await desk.http.get(path, headers=bearer(OFFICER))
        seen += [item["hazard_id"] for item in answer.json()["items"]]
        path = answer.links.get("next", {}).get("url", "")
    assert seen == reported[::-1]


@pytest.mark.parametrize("cursor", ["!", "eHh4", "OTk5OTk5OTk5OTk5OTk5OTk5OTk6aA", "MTo", "MTphAGI"])
async def test_a_cursor_that_is_none_of_ours_is_refused(desk: Desk, cursor: str) -> None:
    assert problem(await desk.get(OFFICER, f"/hazards?cursor={cursor}")) == (422, "cursor-invalid", "cursor")


async def test_others_hazards_are_as_if_they_were_not_there(desk: Desk) -> None:
    id_ = await hazard_id(desk, photo=JPEG)
    for who in (OTHER_UNIT, ELSEWHERE):
        assert problem(await desk.get(who, f"/hazards/{id_}"))[:2] == (404, "not-found")
        assert problem(await desk.get(who, f"/hazards/{id_}/photo"))[:2] == (404, "not-found")
        assert problem(await desk.post(who, f"/hazards/{id_}/rectify", {}))[:2] == (404, "not-found")
    assert problem(await desk.post(ELSEWHERE, f"/hazards/{id_}/verify", {}))[:2] == (404, "not-found")
    assert problem(await report(desk, OTHER_UNIT))[1:] == ("unknown-unit", "unit_id")
    assert problem(await report(desk, ELSEWHERE))[1:] == ("unknown-unit", "unit_id")


async def test_only_the_police_verify_and_never_their_own_work(desk: Desk) -> None:
    id_ = await hazard_id(desk)
    for who in (MEMBER, LEADER, DISPLAY):
        assert problem(await desk.post(who, f"/hazards/{id_}/verify", {}))[:2] == (403, "forbidden")
    assert problem(await desk.post(OFFICER, f"/hazards/{id_}/verify", {}))[:2] == (422, "not-rectified")
    await desk.post(OFFICER, f"/hazards/{id_}/rectify", {})
    assert problem(await desk.post(OFFICER, f"/hazards/{id_}/verify", {}))[:2] == (422, "own-work")
    assert (await desk.post(OPERATOR, f"/hazards/{id_}/verify", {})).json()["status"] == "verified"


async def test_one_that_left_live_state_is_still_in_the_book(desk: Desk) -> None:
    id_ = await hazard_id(desk)
    desk.hazards.live.clear()
    assert (await desk.get(OFFICER, f"/hazards/{id_}")).json()["hazard_id"] == id_
    assert (await desk.get(OFFICER, "/hazards/nowhere")).status_code == 404
    assert (await desk.get(OFFICER, f"/hazards/{id_}/photo")).status_code == 404


async def test_one_that_may_only_be_lost_for_the_moment_is_not_said_to_be_unknown(desk: Desk) -> None:
    desk.hazards.has_lost_all = True
    answer = await desk.get(OFFICER, "/hazards/h-1")
    assert problem(answer)[:2] == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"


async def test_a_decision_that_takes_long_is_asked_for_later(desk: Desk) -> None:
    desk.hazards.answer = Outcome(command_id="c-9", aggregate_id="h-1", status="pending")
    answer = await report(desk)
    assert (answer.status_code, answer.headers["location"]) == (202, "/checkin/v1/commands/h-1/c-9")
