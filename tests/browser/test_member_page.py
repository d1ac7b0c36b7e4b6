"""The member's page as a whole, in a real browser of a phone's size under the project's content policy."""

import re
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.member_backend import Backend
from tests.browser.member_data import CODE, PRINTED, order_for
from tests.browser.member_phone import PHONE, Phone, arrives
from tests.browser.pages import is_accessible


def test_opens_without_a_network_and_shows_what_was_known(backend: Backend, member: Phone) -> None:
    member.scan()
    member.tap("上岗")
    member.sees(re.compile("您在岗至"))
    member.is_kept()
    backend.cut = "before"
    member.page.goto(f"{member.url}/m/?unit=U-1#c={CODE}")
    member.sees("无网络")
    member.sees(re.compile("您在岗至"))
    expect(member.page.get_by_role("button", name="续岗")).to_be_visible()


def test_a_wrong_password_is_told(phone: Phone) -> None:
    phone.page.goto(f"{phone.url}/m/")
    phone.page.get_by_label("账号").fill("guard")
    phone.page.get_by_label("密码", exact=True).fill("wrong")
    phone.tap("登录")
    phone.sees("账号或密码不对")


def test_made_up_data_is_marked_as_such(backend: Backend, phone: Phone) -> None:
    backend.demo = True
    phone.page.goto(f"{phone.url}/m/")
    phone.sees("演示系统：数据均为虚构")


def test_switches_to_english_in_place_and_stays_so(member: Phone) -> None:
    member.tap("English")
    member.sees("You are off duty")
    assert member.page.evaluate("document.documentElement.lang") == "en"
    member.page.reload()
    member.sees("You are off duty")
    member.tap("中文")
    member.sees("您不在岗")


def test_where_another_s_login_is_taken_over_nothing_of_the_one_before_stays(backend: Backend, member: Phone) -> None:
    arrives(backend, "I-1")
    member.sees(re.compile("女士晕倒"))
    member.page.route("**/notify/v1/inbox*", lambda route: route.abort())
    backend.account = {**backend.account, "account_id": "M-2", "name": "赵**"}
    member.page.reload()
    member.sees("赵**")
    member.sees_not("女士晕倒")
    member.sees("体育中心东门应急单元")


def test_hostile_words_are_shown_as_words(backend: Backend, member: Phone) -> None:
    hostile = "<script>window.hit=1</script><img src=x onerror='window.hit=1'>\u202egnp.exe" + "长" * 3000
    incident, message = order_for("I-9")
    with backend.changing():
        backend.incidents["I-9"] = {**incident, "description": hostile}
        backend.messages.insert(0, message)
    member.sees(re.compile("<script>window"))
    assert member.page.evaluate("window.hit") is None
    width = member.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "it runs over the edge"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_is_accessible_and_made_for_thumbs(
    chromium: Browser, backend: Backend, address: str, scheme: Literal["light", "dark"]
) -> None:
    with chromium.new_context(**PHONE, color_scheme=scheme) as context:
        phone = Phone(context, context.new_page(), address)
        phone.page.goto(f"{address}/m/")
        expect(phone.page.get_by_label("账号")).to_be_visible()
        is_well(phone)
        phone.log_in()
        phone.scan(PRINTED)
        arrives(backend, "I-9", drill=True)
        phone.sees("救人求助 · 较重")
        is_well(phone)
        phone.tap("去不了")
        is_well(phone)
        for screen in ("紧急求助", "报隐患", "手工输入签到码"):
            if screen == "手工输入签到码":
                phone.tap("不用这个码")
            phone.tap(screen)
            expect(phone.page.get_by_role("button", name="返回").first).to_be_visible()
            is_well(phone)
            phone.page.go_back()


SMALL = """() => [...document.querySelectorAll('button, a, label.choice, input')]
    .filter((each) => !each.matches('[type=radio], [type=checkbox], .unseen'))
    .filter((each) => each.offsetParent !== null)
    .map((each) => [each.textContent, each.getBoundingClientRect()])
    .filter(([, box]) => box.height < 48 || box.width < 44)
    .map(([text, box]) => `${text} ${box.width} x ${box.height}`)"""


def is_well(phone: Phone) -> None:
    """axe finds nothing serious, nothing to touch is small, and nothing runs over the edge."""
    is_accessible(phone.page)
    assert phone.page.evaluate(SMALL) == []
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
