"""Looks at personal data, exports, changes and refusals are on record before they happen."""

import pytest

from shared.platform.web.tokens import Principal
from tests.component.checkin.conftest import LEADER, MEMBER, OFFICER, Desk


def told(desk: Desk) -> list[tuple[str, str, str, str | None]]:
    return [(action.actor_id, action.action, action.about, action.refused) for action in desk.audit.actions]


@pytest.mark.parametrize(
    ("path", "action", "about"),
    [
        ("/units/u-1/members", "members-seen", "u-1"),
        ("/units/u-1/members/m-1", "contact-seen", "m-1"),
        ("/duty-board", "duty-board-seen", OFFICER.path),
        ("/names?id=m-2&id=nobody&id=m-2", "names-seen", "m-2"),
    ],
)
async def test_a_look_at_people_is_on_record(desk: Desk, path: str, action: str, about: str) -> None:
    assert (await desk.get(OFFICER, path)).status_code == 200
    assert told(desk) == [("o-1", action, about, None)]
    assert desk.audit.actions[0].path == OFFICER.path


@pytest.mark.parametrize("path", ["/units/u-1/members", "/units/u-1/members/m-1", "/duty-board", "/names?id=m-2"])
async def test_what_can_not_be_recorded_is_not_shown(desk: Desk, path: str) -> None:
    desk.audit.away = True
    answer = await desk.get(OFFICER, path)
    assert answer.status_code == 503
    assert "items" not in answer.text
    assert "phone" not in answer.text


@pytest.mark.parametrize("away", [False, True])
async def test_a_refusal_is_on_record_and_is_a_refusal_in_any_case(desk: Desk, away: bool) -> None:
    desk.audit.away = away
    assert (await desk.get(MEMBER, "/units/u-1/members")).status_code == 403
    expected = [("m-2", "get-refused", "/checkin/v1/units/u-1/members", "forbidden")]
    assert told(desk) == ([] if away else expected)


@pytest.mark.parametrize("who", [OFFICER, LEADER])
async def test_what_is_not_personal_leaves_no_trace(desk: Desk, who: Principal) -> None:
    assert (await desk.get(who, "/units")).status_code == 200
    assert told(desk) == []


@pytest.mark.parametrize("path", ["/names?id=nobody", "/units/u-1/members/nobody"])
async def test_nobody_was_seen_who_is_not_there(desk: Desk, path: str) -> None:
    await desk.get(OFFICER, path)
    assert told(desk) == []
