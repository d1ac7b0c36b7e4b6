"""What is said without a network: kept on the phone, and sent until it is answered, once."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import Error, expect

from tests.browser.member_backend import Backend
from tests.browser.member_phone import Phone


def reload(phone: Phone) -> None:
    phone.page.reload()


def kill(phone: Phone) -> None:
    """As the system does with a page when memory is short; then the person opens it again."""
    with suppress(Error):
        phone.page.goto("chrome://crash")
    phone.page.close()
    phone.page = phone.context.new_page()
    phone.page.goto(f"{phone.url}/m/")


@pytest.mark.parametrize("interrupted", [reload, kill])
@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_check_in_without_a_network_takes_effect_exactly_once(
    backend: Backend, member: Phone, interrupted: Callable[[Phone], None], cut: Literal["before", "after"]
) -> None:
    """Whether the line was cut on the way there or on the way back, and though the page went away in between."""
    member.scan()
    member.is_kept()
    backend.cut = cut
    member.tap("上岗")
    member.until(lambda: len(backend.tried("/check-ins")) > 0)
    member.sees(re.compile("上岗报备已保存。请在.*内连上网络"))
    member.sees(re.compile("1项等待发送"))
    interrupted(member)
    member.sees(re.compile("1项等待发送"))
    member.sees("无网络")
    with backend.changing():
        backend.cut = "no"
    member.sees("已上岗")
    keys = backend.tried("/check-ins")
    assert len(keys) >= 2
    assert len(set(keys)) == 1
    assert [effect.key for effect in backend.of("/check-ins")] == [keys[0]]


def test_comes_back_by_itself_when_the_phone_says_that_it_is_online(backend: Backend, member: Phone) -> None:
    member.scan()
    member.is_kept()
    member.context.set_offline(True)
    member.sees("无网络")
    member.tap("上岗")
    member.page.wait_for_timeout(8000)  # the next try by the clock would be seconds away
    member.context.set_offline(False)
    expect(member.page.get_by_text("已上岗")).to_be_visible(timeout=3000)
    assert len(backend.of("/check-ins")) == 1


def test_a_check_in_that_waited_too_long_is_refused_and_the_person_scans_again(backend: Backend, member: Phone) -> None:
    backend.scan_good_for = timedelta(seconds=3)
    member.scan()
    backend.cut = "before"
    member.tap("上岗")
    member.sees(re.compile("1项等待发送"))
    member.page.wait_for_timeout(3000)
    backend.cut = "no"
    member.sees("签到码已过期")
    member.sees("请再扫一次岗位上现在显示的码。")
    member.sees("用手机扫一扫岗位上的二维码")
    assert backend.of("/check-ins") == []


def test_a_pending_answer_is_followed_until_it_is_decided(backend: Backend, member: Phone) -> None:
    backend.pending.add("check-ins")
    member.scan()
    member.tap("上岗")
    member.sees("已上岗")
    assert backend.asked_after == 2
    assert len(backend.tried("/check-ins")) == 1


def test_two_tabs_send_once_and_share_one_session(backend: Backend, member: Phone) -> None:
    member.scan()
    backend.cut = "before"
    member.tap("上岗")
    member.sees(re.compile("1项等待发送"))
    backend.cut = "no"
    tried = len(backend.tried("/check-ins"))
    others = [member.context.new_page() for _ in range(3)]
    for other in others:
        other.goto(f"{member.url}/m/", wait_until="commit")
    for each in (member.page, *others):
        expect(each.get_by_text(re.compile("您在岗至")).first).to_be_visible()
    assert len(backend.of("/check-ins")) == 1
    assert len(backend.tried("/check-ins")) <= tried + 1
    for each in (member.page, *others):
        expect(each.get_by_label("密码", exact=True)).to_have_count(0)


def test_who_has_to_log_in_again_loses_nothing(backend: Backend, member: Phone) -> None:
    member.scan()
    backend.cut = "before"
    member.tap("上岗")
    member.sees(re.compile("1项等待发送"))
    backend.cookie = ""
    backend.cut = "no"
    member.page.reload()
    expect(member.page.get_by_label("账号")).to_be_visible()
    member.log_in()
    member.sees("已上岗")
    assert len(backend.of("/check-ins")) == 1
