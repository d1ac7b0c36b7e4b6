"""Hazards by table, and in any order of commands."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.checkin.adapters.hazard_ledger import HAZARD_DECIDING, HAZARD_RULES, hazard_codec
from services.checkin.application.hazards import picture_type
from services.checkin.domain.hazard_messages import (
    HazardCommand,
    HazardEvent,
    HazardRectified,
    HazardReported,
    HazardVerified,
    RectifyHazard,
    ReportHazard,
    VerifyHazard,
)
from services.checkin.domain.hazards import (
    Hazard,
    HazardStatus,
    Rectified,
    Reported,
    Step,
    Unknown,
    Verified,
    decide,
    evolve,
    status_of,
)
from shared.vocabulary.decisions import Accepted, Refused, TimePassed
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import HazardKind

T0 = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
PATH = "/440100/440106/440106001"
REPORT = ReportHazard(
    hazard_id="h-1",
    by="m-1",
    kind=HazardKind.BLOCKED_EXIT,
    note="东门堆放杂物",
    location=Point(113.32, 23.13),
    accuracy_m=12,
    photo_id="photo-1",
    unit_id="u-1",
    station_id="440106001",
    path=PATH,
    found_at=T0 - timedelta(minutes=3),
)
RECTIFY = RectifyHazard("h-1", "m-2", "已清理")
VERIFY = VerifyHazard("h-1", "o-1", "已复查")


def after(*commands: HazardCommand, start: Hazard | None = None) -> Hazard:
    """Each command is decided an hour after the one before."""
    state = start or Unknown()
    for hour, command in enumerate(commands):
        decision = decide(state, command, T0 + timedelta(hours=hour))
        assert isinstance(decision, Accepted), decision
        for event in decision.events:
            state = evolve(state, event)
    return state


UNKNOWN, REPORTED, RECTIFIED, VERIFIED = after(), after(REPORT), after(REPORT, RECTIFY), after(REPORT, RECTIFY, VERIFY)


def test_a_hazard_goes_from_found_to_verified_and_keeps_who_did_what_when() -> None:
    assert isinstance(VERIFIED, Verified)
    assert VERIFIED.report.found_at == T0 - timedelta(minutes=3)
    assert (VERIFIED.report.by, VERIFIED.report.at) == ("m-1", T0)
    assert VERIFIED.rectified == Step("m-2", T0 + timedelta(hours=1), "已清理")
    assert VERIFIED.verified == Step("o-1", T0 + timedelta(hours=2), "已复查")


@pytest.mark.parametrize(
    ("state", "command", "code"),
    [
        (UNKNOWN, REPORT, None),
        (UNKNOWN, RECTIFY, "unknown-hazard"),
        (UNKNOWN, VERIFY, "unknown-hazard"),
        (REPORTED, REPORT, "already-reported"),
        (REPORTED, RECTIFY, None),
        (REPORTED, VERIFY, "not-rectified"),
        (RECTIFIED, REPORT, "already-reported"),
        (RECTIFIED, RECTIFY, "already-rectified"),
        (RECTIFIED, VERIFY, None),
        (RECTIFIED, VerifyHazard("h-1", "m-2", ""), "own-work"),
        (RECTIFIED, VerifyHazard("h-1", "m-1", ""), None),
        (VERIFIED, REPORT, "already-reported"),
        (VERIFIED, RECTIFY, "already-rectified"),
        (VERIFIED, VERIFY, "already-verified"),
        (VERIFIED, VerifyHazard("h-1", "m-2", ""), "already-verified"),
    ],
)
def test_what_may_follow_what(state: Hazard, command: HazardCommand, code: str | None) -> None:
    decision = decide(state, command, T0)
    assert (decision.code if isinstance(decision, Refused) else None) == code


@pytest.mark.parametrize("state", [UNKNOWN, REPORTED, RECTIFIED, VERIFIED])
def test_time_alone_changes_nothing(state: Hazard) -> None:
    assert decide(state, TimePassed(), T0) == Accepted(())
    assert HAZARD_RULES.due(state) is None


def test_every_event_says_whose_hazard_it_is() -> None:
    for state, command in ((UNKNOWN, REPORT), (REPORTED, RECTIFY), (RECTIFIED, VERIFY)):
        decision = decide(state, command, T0)
        assert isinstance(decision, Accepted)
        (event,) = decision.events
        assert (event.hazard_id, event.unit_id, event.station_id, event.path) == ("h-1", "u-1", "440106001", PATH)


def test_only_what_is_verified_leaves_live_state_and_not_before_its_commands() -> None:
    assert [HAZARD_RULES.keep_for(state) for state in (REPORTED, RECTIFIED)] == [None, None]
    kept = HAZARD_RULES.keep_for(VERIFIED)
    assert kept is not None
    assert kept > timedelta(days=7)


@pytest.mark.parametrize("state", [UNKNOWN, REPORTED, RECTIFIED, VERIFIED])
def test_a_state_is_read_back_as_it_was_stored(state: Hazard) -> None:
    assert hazard_codec.validate_json(hazard_codec.dump_json(state)) == state


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (REPORTED, HazardStatus.REPORTED),
        (RECTIFIED, HazardStatus.RECTIFIED),
        (VERIFIED, HazardStatus.VERIFIED),
    ],
)
def test_a_state_has_its_status(state: Hazard, status: HazardStatus) -> None:
    assert not isinstance(state, Unknown)
    assert status_of(state) is status


people = st.sampled_from(["m-1", "m-2", "o-1"])
commands = st.one_of(
    st.just(REPORT),
    people.map(lambda by: RectifyHazard("h-1", by, "")),
    people.map(lambda by: VerifyHazard("h-1", by, "")),
    st.just(TimePassed()),
)


@given(st.lists(commands, max_size=12))
def test_whatever_is_asked_for_it_goes_forward_once_and_nobody_verifies_their_own_work(
    asked: list[HazardCommand],
) -> None:
    state: Hazard = Unknown()
    events: list[HazardEvent] = []
    for second, command in enumerate(asked):
        decision = decide(state, command, T0 + timedelta(seconds=second))
        for event in decision.events if isinstance(decision, Accepted) else ():
            state = evolve(state, event)
            events.append(event)
    assert [type(event) for event in events] == [HazardReported, HazardRectified, HazardVerified][: len(events)]
    if isinstance(state, Verified):
        assert state.verified.by != state.rectified.by
    replayed: Hazard = Unknown()
    for event in events:
        replayed = evolve(replayed, HAZARD_DECIDING.events_out.to_domain(HAZARD_DECIDING.events_out.to_contract(event)))
    assert replayed == state
    expected = {0: Unknown, 1: Reported, 2: Rectified, 3: Verified}[len(events)]
    assert isinstance(state, expected)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", None),
        (b"<svg onload=alert(1)>", None),
        (b"GIF89a", None),
        (b"\xff\xd8", None),
        (b"", None),
    ],
)
def test_a_picture_is_what_its_first_bytes_say(content: bytes, expected: str | None) -> None:
    assert picture_type(content) == expected
