"""Checking in on the member's page, in a real browser of a phone's size."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.member_backend import Backend, problem
from tests.browser.member_data import CODE, PIN, POST, PRINTED
from tests.browser.member_phone import AT_POST, Phone


def test_checks_in_with_a_scan_and_one_tap(backend: Backend, member: Phone) -> None:
    before = datetime.now(UTC)
    member.scan()
    member.tap("上岗")
    member.sees("已上岗")
    member.sees(re.compile("您在岗至"))
    (sent,) = backend.of("/check-ins")
    assert (sent.json["unit_id"], sent.json["code"]) == ("U-1", CODE)
    assert sent.json["location"] == {"lon": POST["lon"], "lat": POST["lat"], "accuracy_m": 12, "crs": "wgs84"}
    assert abs(datetime.fromisoformat(sent.json["scanned_at"]) - before) < timedelta(seconds=10)
    assert CODE not in member.page.url, "the code stays in the address"


def test_checks_out_with_two_taps(backend: Backend, member: Phone) -> None:
    member.scan()
    member.tap("上岗")
    member.tap("下岗")
    member.tap("再点一次：下岗")
    member.sees("已下岗")
    assert len(backend.of("/check-outs")) == 1


def test_a_code_scanned_before_logging_in_is_kept_with_its_time(backend: Backend, phone: Phone) -> None:
    phone.page.goto(f"{phone.url}/m/#c={CODE}")
    scanned = datetime.now(UTC)
    phone.sees("登录后即可上岗，扫码时间已记下。")
    phone.page.wait_for_timeout(1500)
    phone.log_in()
    phone.tap("上岗")
    phone.sees("已上岗")
    (sent,) = backend.of("/check-ins")
    assert datetime.fromisoformat(sent.json["scanned_at"]) < scanned + timedelta(seconds=1)


def test_a_printed_code_typed_by_hand_asks_for_its_pin(backend: Backend, member: Phone) -> None:
    member.tap("手工输入签到码")
    member.page.get_by_label("岗位上显示的签到码").fill("nonsense")
    member.tap("下一步")
    member.sees("这不是岗位签到码，请核对。")
    member.page.get_by_label("岗位上显示的签到码").fill("qrst-uvwx yz")
    member.tap("下一步")
    member.page.get_by_label("岗位密码").fill(PIN)
    member.tap("上岗")
    member.sees("已上岗")
    (sent,) = backend.of("/check-ins")
    assert (sent.json["code"], sent.json["pin"]) == (PRINTED, PIN)


SEES_A_CODE = """
    window.BarcodeDetector = class { async detect() { return [{ rawValue: 'https://elsewhere/m/?unit=U-1#c=%s' }] } }
    const canvas = document.createElement('canvas')
    setInterval(() => canvas.getContext('2d').fillRect(0, 0, 9, 9), 50)
    navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(5)
"""


def test_the_posts_code_is_scanned_from_the_page_itself(backend: Backend, member: Phone) -> None:
    """With a stand-in for the browser's own reader of pictures, which Chromium has on phones only."""
    member.context.add_init_script(SEES_A_CODE % CODE)
    member.page.reload()
    member.tap("扫一扫")
    member.tap("上岗")
    member.sees("已上岗")
    assert [sent.json["code"] for sent in backend.of("/check-ins")] == [CODE]


def test_says_what_to_do_when_location_is_refused(backend: Backend, member: Phone) -> None:
    member.context.clear_permissions()
    member.scan()
    member.tap("上岗")
    member.sees("没有允许定位")
    member.sees("请在浏览器设置里允许本页使用位置，再试一次。上岗必须知道您在岗位上。")
    assert backend.tried("/check-ins") == []
    member.context.grant_permissions(["geolocation"])
    member.tap("上岗")
    member.sees("已上岗")
    member.sees_not("没有允许定位")


def test_who_is_too_far_away_walks_to_the_post_and_tries_the_same_code_again(backend: Backend, member: Phone) -> None:
    member.context.set_geolocation({"latitude": POST["lat"] + 0.02, "longitude": POST["lon"], "accuracy": 12})
    member.scan()
    member.tap("上岗")
    member.sees("您不在岗位附近")
    member.context.set_geolocation(AT_POST)  # pyright: ignore[reportArgumentType]
    member.tap("上岗")
    member.sees("已上岗")
    assert len(set(backend.tried("/check-ins"))) == 2


@pytest.mark.parametrize(
    ("code", "what", "advice"),
    [
        ("code-expired", "签到码已过期", "请再扫一次岗位上现在显示的码。"),
        ("code-invalid", "签到码不对", "请核对是不是自己岗位的码，再扫一次；印刷的码要核对密码。"),
        ("code-replayed", "这个码您已用过", "等30秒，岗位换了新码再扫。"),
        ("not-a-member", "您不是这个单元的成员", "请扫自己单元岗位的码；如已调动，请联系单元负责人。"),
        ("unit-suspended", "本单元已停用", "请联系单元负责人或派出所。"),
    ],
)
def test_a_refusal_has_plain_words_and_a_way_on(
    backend: Backend, member: Phone, code: str, what: str, advice: str
) -> None:
    backend.refuse["check-ins"] = problem(422, code)
    member.scan()
    member.tap("上岗")
    member.sees(what)
    member.sees(advice)


def test_an_unknown_refusal_is_told_in_the_platforms_own_words(backend: Backend, member: Phone) -> None:
    backend.refuse["check-ins"] = problem(422, "brand-new", "今天不能上岗")
    member.scan()
    member.tap("上岗")
    member.sees("今天不能上岗")
