"""Check-ins over HTTP: what the edge refuses, and what it lets through."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.checkin.adapters.duty_ledger import duty_codec
from services.checkin.domain.state import Unseen
from shared.contracts.duty import CheckIn, CheckOut
from shared.platform.outcomes import Outcome
from shared.platform.web.tokens import Principal
from shared.vocabulary.geography import Point, wgs84_to_gcj02
from shared.vocabulary.terms import Role
from tests.component.checkin.conftest import DISPLAY, ELSEWHERE, LEADER, MEMBER, OFFICER, OPERATOR, Desk
from tests.conformance.checkin.city import BACK, GATE, UNIT
from tests.fakes.keys import bearer

GATE_AT = {"lon": GATE.location.lon, "lat": GATE.location.lat, "accuracy_m": 10, "crs": "wgs84"}


async def check_in(desk: Desk, who: Principal = MEMBER, **changes: Any) -> httpx.Response:
    body = {"unit_id": "u-1", "code": desk.codes.shown("p-1", desk.clock.now()).code, "location": GATE_AT, **changes}
    return await desk.post(who, "/check-ins", body)


def problem(answer: httpx.Response) -> tuple[int, str, str | None]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"], answer.json().get("field")


async def test_a_right_scan_becomes_a_command_that_carries_the_registrys_facts(desk: Desk) -> None:
    answer = await check_in(desk)
    assert answer.status_code == 201, answer.text
    assert answer.json()["member_id"] == "m-2"
    (command,) = desk.gateway.submitted
    assert isinstance(command, CheckIn)
    assert (command.unit_id, command.member_id, command.post_id) == ("u-1", "m-2", "p-1")
    assert (command.station_id, command.quorum, command.lease_s) == ("440106001", 3, 4 * 3600)
    assert command.code_step == desk.codes.shown("p-1", desk.clock.now()).step


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": "AAAAAAAAAAAA"}, (422, "code-invalid", "code")),
        ({"unit_id": "u-9"}, (422, "not-a-member", "unit_id")),
        ({"location": {**GATE_AT, "crs": None}}, (422, "crs-required", "location.crs")),
        ({"location": {k: v for k, v in GATE_AT.items() if k != "crs"}}, (422, "crs-required", "location.crs")),
        ({"location": {**GATE_AT, "crs": "bd09"}}, (422, "invalid", "location.crs")),
        ({"location": {**GATE_AT, "lat": 91}}, (422, "invalid", "location.lat")),
        ({"location": {**GATE_AT, "accuracy_m": -1}}, (422, "invalid", "location.accuracy_m")),
        ({"location": {**GATE_AT, "lat": 23.2}}, (422, "outside-geofence", "location")),
        ({"location": {**GATE_AT, "lat": 23.2, "accuracy_m": 1e6}}, (422, "outside-geofence", "location")),
        ({"extra": 1}, (422, "invalid", "extra")),
        ({"code": 7}, (422, "invalid", "code")),
    ],
)
async def test_a_wrong_scan_is_refused_by_name(
    desk: Desk, changes: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    assert problem(await check_in(desk, **changes)) == expected
    assert desk.gateway.submitted == []


async def test_numbers_that_are_none_are_refused(desk: Desk) -> None:
    body = b'{"unit_id":"u-1","code":"A","location":{"lon":NaN,"lat":23,"accuracy_m":Infinity,"crs":"wgs84"}}'
    headers = {"Content-Type": "application/json", **bearer(MEMBER)}
    answer = await desk.http.post("/checkin/v1/check-ins", content=body, headers=headers)
    assert problem(answer) == (422, "invalid", "location.lon")
    answer = await desk.http.post("/checkin/v1/check-ins", content=b"{", headers=headers)
    assert problem(answer)[:2] == (400, "malformed-json")


async def test_a_code_counts_one_step_longer_than_it_is_shown(desk: Desk) -> None:
    shown = desk.codes.shown("p-1", desk.clock.now())
    desk.clock.time = shown.until + timedelta(seconds=29)
    assert (await check_in(desk, code=shown.code)).status_code == 201
    desk.clock.time = shown.until + timedelta(seconds=30)
    assert problem(await check_in(desk, code=shown.code)) == (422, "code-expired", "code")


async def test_a_scan_that_could_not_be_sent_at_once_counts_for_ten_minutes(desk: Desk) -> None:
    scanned_at = desk.clock.now()
    code = desk.codes.shown("p-1", scanned_at).code
    desk.clock.time = scanned_at + timedelta(minutes=10)
    queued = {"code": code, "scanned_at": scanned_at.isoformat()}
    assert (await check_in(desk, **queued)).status_code == 201
    (command,) = desk.gateway.submitted
    assert isinstance(command, CheckIn)
    assert command.scanned_at == scanned_at
    desk.clock.time += timedelta(seconds=1)
    assert problem(await check_in(desk, **queued)) == (422, "code-expired", "code")


async def test_the_code_must_have_been_shown_when_it_was_scanned(desk: Desk) -> None:
    now = desk.clock.now()
    code = desk.codes.shown("p-1", now).code
    earlier = (now - timedelta(minutes=5)).isoformat()
    assert problem(await check_in(desk, code=code, scanned_at=earlier))[1] == "code-invalid"
    future = (now + timedelta(seconds=31)).isoformat()
    assert problem(await check_in(desk, code=code, scanned_at=future)) == (422, "time-in-future", "scanned_at")


async def test_a_request_sent_again_after_its_code_is_old_gets_the_answer_that_was_lost(desk: Desk) -> None:
    code = desk.codes.shown("p-1", desk.clock.now()).code
    desk.gateway.answer = Outcome(
        command_id="c-1", aggregate_id="u-1", status="accepted", state=duty_codec.dump_json(Unseen()).decode()
    )
    desk.clock.time += timedelta(minutes=20)
    body = {"unit_id": "u-1", "code": code, "location": GATE_AT}
    headers = {**bearer(MEMBER), "Idempotency-Key": "the same as before"}
    for again in (body, {**body, "scanned_at": (desk.clock.now() - timedelta(minutes=20)).isoformat()}):
        answer = await desk.http.post("/checkin/v1/check-ins", json=again, headers=headers)
        assert answer.status_code == 201, answer.text
    assert desk.gateway.submitted == []
    answer = await desk.http.post("/checkin/v1/check-ins", json=body, headers=bearer(MEMBER))
    assert problem(answer)[1] == "code-expired"


async def test_a_code_of_another_sites_post_is_invalid(desk: Desk) -> None:
    code = desk.codes.shown("p-of-another-site", desk.clock.now()).code
    assert problem(await check_in(desk, code=code))[1] == "code-invalid"


async def test_a_phone_that_declares_gcj02_is_converted(desk: Desk) -> None:
    shifted = wgs84_to_gcj02(Point(GATE.location.lon, GATE.location.lat))
    location = {"lon": shifted.lon, "lat": shifted.lat, "accuracy_m": 5, "crs": "gcj02"}
    assert (await check_in(desk, location=location)).status_code == 201
    (command,) = desk.gateway.submitted
    assert isinstance(command, CheckIn)
    assert command.location.lon == pytest.approx(GATE.location.lon, abs=1e-6)


async def test_the_geofence_opens_by_the_reported_accuracy_up_to_a_hundred_metres(desk: Desk) -> None:
    metres_away = 390.0  # the fence of the site is 300 m
    location = {**GATE_AT, "lat": GATE.location.lat + metres_away / 111_195}
    assert problem(await check_in(desk, location={**location, "accuracy_m": 80}))[1] == "outside-geofence"
    assert (await check_in(desk, location={**location, "accuracy_m": 95})).status_code == 201


async def test_only_the_units_own_people_check_in(desk: Desk) -> None:
    stranger = Principal("m-77", Role.MEMBER, MEMBER.path, unit_id="u-1")
    assert problem(await check_in(desk, stranger))[1] == "not-a-member"
    for who in (OFFICER, OPERATOR, DISPLAY):
        assert problem(await check_in(desk, who))[:2] == (403, "forbidden")
    assert (await check_in(desk, LEADER)).status_code == 201


async def test_a_suspended_unit_takes_nobody_in(desk: Desk) -> None:
    await desk.registry.save([replace(UNIT, suspended=True)])
    await desk.relay()
    assert problem(await check_in(desk))[:2] == (422, "unit-suspended")


async def test_the_printed_code_needs_its_pin_and_a_site_that_allows_it(desk: Desk) -> None:
    printed = desk.codes.printed("p-2")
    at = {**GATE_AT, "lon": BACK.location.lon}
    assert problem(await check_in(desk, code=printed.code, location=at))[1] == "code-invalid"
    assert (await check_in(desk, code=printed.code, pin=printed.pin, location=at)).status_code == 201
    forbidden = desk.codes.printed("p-1")
    assert problem(await check_in(desk, code=forbidden.code, pin=forbidden.pin))[1] == "code-invalid"


async def test_a_pin_can_not_be_guessed(desk: Desk) -> None:
    code = desk.codes.printed("p-2").code
    answers = [await check_in(desk, code=code, pin=f"{n:06}") for n in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert problem(answers[-1])[1] == "too-many-attempts"
    assert answers[-1].headers["retry-after"] == "900"


async def test_a_refused_command_keeps_its_code(desk: Desk) -> None:
    desk.gateway.answer = Outcome(
        command_id="c", aggregate_id="u-1", status="refused", code="code-replayed", detail="x"
    )
    assert problem(await check_in(desk))[:2] == (422, "code-replayed")


async def test_a_decision_that_takes_long_is_asked_for_later(desk: Desk) -> None:
    desk.gateway.answer = Outcome(command_id="c-9", aggregate_id="u-1", status="pending")
    answer = await check_in(desk)
    assert (answer.status_code, answer.headers["location"]) == (202, "/checkin/v1/commands/u-1/c-9")


async def test_nobody_leaves_where_there_is_no_unit(desk: Desk) -> None:
    assert problem(await desk.post(MEMBER, "/check-outs", {"unit_id": "u-9"}))[:2] == (422, "not-on-duty")
    assert (await desk.post(MEMBER, "/check-outs", {"unit_id": "u-1"})).status_code == 201
    assert desk.gateway.submitted == [CheckOut(unit_id="u-1", member_id="m-2")]


async def test_a_posts_code_is_shown_to_its_display_and_its_officers_only(desk: Desk) -> None:
    for who in (DISPLAY, OFFICER, OPERATOR):
        answer = await desk.get(who, "/posts/p-1/code")
        assert answer.json()["code"] == desk.codes.shown("p-1", desk.clock.now()).code
        assert answer.headers["cache-control"] == "no-store"
    assert problem(await desk.get(ELSEWHERE, "/posts/p-1/code"))[:2] == (404, "not-found")
    assert problem(await desk.get(OPERATOR, "/posts/p-9/code"))[:2] == (404, "not-found")
    assert problem(await desk.get(MEMBER, "/posts/p-1/code"))[:2] == (403, "forbidden")


async def test_a_printed_code_is_given_to_officers_where_the_site_chose_it(desk: Desk) -> None:
    printed = desk.codes.printed("p-2")
    answer = (await desk.get(OFFICER, "/posts/p-2/printed-code")).json()
    assert (answer["code"], answer["pin"]) == (printed.code, printed.pin)
    assert problem(await desk.get(OFFICER, "/posts/p-1/printed-code"))[:2] == (404, "no-fixed-code")
    assert problem(await desk.get(DISPLAY, "/posts/p-2/printed-code"))[:2] == (403, "forbidden")
