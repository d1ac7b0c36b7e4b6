"""Posts' QR codes over HTTP."""

from dataclasses import replace

import pytest

from services.checkin.adapters.post_qr import labelled_qr_svg, qr_svg
from tests.component.checkin.conftest import (
    DISPLAY,
    ELSEWHERE,
    LEADER,
    MEMBER,
    OFFICER,
    OPERATOR,
    Desk,
    desk_on_fakes,
)
from tests.conformance.checkin.city import UNIT


async def test_a_display_shows_the_code_of_this_moment_and_knows_until_when(desk: Desk) -> None:
    shown = desk.codes.shown("p-1", desk.clock.now())
    for who in (DISPLAY, OFFICER, OPERATOR):
        answer = await desk.get(who, "/posts/p-1/qr.svg")
        assert answer.status_code == 200, answer.text
        assert answer.text == qr_svg(f"http://test/m/?unit=u-1#c={shown.code}&p=p-1", "东门")
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.headers["x-valid-until"] == shown.until.isoformat()
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_next_code_is_another_picture(desk: Desk) -> None:
    before = await desk.get(DISPLAY, "/posts/p-1/qr.svg")
    desk.clock.time = desk.codes.shown("p-1", desk.clock.now()).until
    assert (await desk.get(DISPLAY, "/posts/p-1/qr.svg")).text != before.text


async def test_a_printed_one_names_the_post_and_does_not_tell_its_pin(desk: Desk) -> None:
    printed = desk.codes.printed("p-2")
    answer = await desk.get(OFFICER, "/posts/p-2/qr.svg?for=print")
    assert answer.text == labelled_qr_svg(f"http://test/m/?unit=u-1#c={printed.code}&p=p-2", "西门")
    assert printed.pin not in answer.text
    assert "x-valid-until" not in answer.headers


async def test_no_unit_is_named_where_a_site_has_several(desk: Desk) -> None:
    await desk.registry.save([replace(UNIT, code="u-2")])
    await desk.relay()
    code = desk.codes.shown("p-1", desk.clock.now()).code
    assert (await desk.get(DISPLAY, "/posts/p-1/qr.svg")).text == qr_svg(f"http://test/m/#c={code}&p=p-1", "东门")


@pytest.mark.parametrize("public_url", ["https://meu.example/city", "https://meu.example/city/"])
async def test_the_address_is_the_one_that_phones_reach(public_url: str) -> None:
    async with desk_on_fakes(public_url=public_url) as desk:
        code = desk.codes.shown("p-1", desk.clock.now()).code
        answer = await desk.get(DISPLAY, "/posts/p-1/qr.svg")
        assert answer.text == qr_svg(f"https://meu.example/city/m/?unit=u-1#c={code}&p=p-1", "东门")


async def test_a_post_without_a_fixed_code_is_not_printed(desk: Desk) -> None:
    answer = await desk.get(OFFICER, "/posts/p-1/qr.svg?for=print")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-fixed-code")


async def test_who_may_not_see_a_code_sees_no_picture_of_it_either(desk: Desk) -> None:
    for who in (MEMBER, LEADER):
        assert (await desk.get(who, "/posts/p-1/qr.svg")).status_code == 403
    assert (await desk.get(DISPLAY, "/posts/p-2/qr.svg?for=print")).status_code == 403
    for path in ("/posts/p-1/qr.svg", "/posts/p-2/qr.svg?for=print", "/posts/p-9/qr.svg"):
        assert (await desk.get(ELSEWHERE, path)).status_code == 404
