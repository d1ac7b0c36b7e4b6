"""Orders and their answers on the member's page."""

import re

from playwright.sync_api import expect

from tests.browser.member_backend import Backend
from tests.browser.member_data import order_for
from tests.browser.member_phone import Phone, arrives


def test_an_order_comes_in_large_and_is_acknowledged(backend: Backend, member: Phone) -> None:
    member.page.wait_for_timeout(500)  # the page listens
    arrives(backend, "I-9")
    member.sees("救人求助 · 较重")
    member.sees("体育西路地铁站B口，一名女士晕倒")
    member.sees(re.compile("距您约2[12]0米"))
    address = member.page.get_by_role("link", name="地图导航").get_attribute("href")
    assert address == "geo:23.139200,113.324500?q=23.139200,113.324500"
    member.tap("马上到")
    member.sees("已回复：马上到")
    expect(member.page.get_by_role("button", name="已到达")).to_be_visible()
    assert {effect.path for effect in member.has_sent(backend, "/acknowledge", 2)} == {
        "/dispatch/v1/incidents/I-9/orders/I-9-O/acknowledge",
        "/notify/v1/inbox/I-9-D/acknowledge",
    }


def test_a_button_stays_under_the_thumb_though_news_come_in(backend: Backend, member: Phone) -> None:
    incident = arrives(backend, "I-9")
    button = member.page.get_by_role("button", name="马上到")
    box = button.bounding_box()
    assert box is not None
    member.page.mouse.move(box["x"] + 40, box["y"] + 20)
    member.page.mouse.down()
    with backend.changing():
        incident["description"] = "她已醒来"
        backend.messages.append({**backend.messages[0], "id": "other", "purpose": "notice"})
    member.page.wait_for_timeout(1500)
    member.page.mouse.up()
    member.has_sent(backend, "/I-9-O/acknowledge")
    member.sees("她已醒来")


LISTENS_TO_ALARMS = """
    window.alarms = []
    navigator.vibrate = () => window.alarms.push('buzz')
    const start = OscillatorNode.prototype.start
    OscillatorNode.prototype.start = function (at) { window.alarms.push('beep'); return start.call(this, at) }
    Object.defineProperty(document, 'hidden', { get: () => window.unseen === true })
"""


def test_an_order_sounds_and_shakes_until_it_is_answered(backend: Backend, phone: Phone) -> None:
    phone.context.add_init_script(LISTENS_TO_ALARMS)
    phone.log_in()
    arrives(backend, "I-9")
    phone.until(lambda: phone.page.evaluate("window.alarms").count("buzz") >= 2)
    assert "beep" in phone.page.evaluate("window.alarms")
    phone.tap("马上到")
    phone.has_sent(backend, "/I-9-O/acknowledge")
    phone.page.evaluate("window.alarms = []")
    phone.page.wait_for_timeout(9000)
    assert phone.page.evaluate("window.alarms") == []


def test_who_is_on_duty_gets_a_notice_though_the_page_is_not_looked_at(backend: Backend, phone: Phone) -> None:
    phone.context.grant_permissions(["geolocation", "notifications"])
    phone.context.add_init_script(LISTENS_TO_ALARMS)
    phone.log_in()
    phone.is_kept()
    phone.scan()
    phone.tap("上岗")
    phone.sees(re.compile("您在岗至"))
    phone.page.evaluate("window.unseen = true; document.dispatchEvent(new Event('visibilitychange'))")
    arrives(backend, "I-9", drill=True)
    notices = "async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((each) => each.title)"
    phone.until(lambda: phone.page.evaluate(notices) == ["【演练】新指令"])


def test_an_order_is_declined_with_a_reason(backend: Backend, member: Phone) -> None:
    arrives(backend, "I-9")
    member.tap("去不了")
    member.tap("人手不够")
    member.sees_not("体育西路地铁站B口，一名女士晕倒")
    (sent,) = member.has_sent(backend, "/decline")
    assert sent.json == {"reason": "too-few-people"}


def test_who_is_there_though_the_position_denies_it_gives_their_word(backend: Backend, member: Phone) -> None:
    arrives(backend, "I-9")
    member.tap("马上到")
    member.tap("已到达")
    member.sees(re.compile("定位显示您离现场还有约2[12]0米。确实到了吗？"))
    member.tap("确实到了")
    member.sees("已到达现场")
    assert [effect.json for effect in member.has_sent(backend, "/arrive")] == [{"manual": True}]


def test_an_answer_given_without_a_network_is_shown_and_sent_later_once(backend: Backend, member: Phone) -> None:
    arrives(backend, "I-9")
    member.sees("救人求助 · 较重")
    member.is_kept()
    with backend.changing():
        backend.cut = "before"
    member.tap("马上到")
    member.sees("回复正在发送…")
    member.page.reload()
    member.sees("回复正在发送…")
    backend.cut = "no"
    member.sees_not("回复正在发送…")
    member.sees("已回复：马上到")
    assert len(backend.of("/I-9-O/acknowledge")) == 1


def test_a_drill_is_marked_and_a_stand_down_is_shown_until_it_is_read(backend: Backend, member: Phone) -> None:
    incident = arrives(backend, "I-9", drill=True)
    expect(member.page.get_by_text("演练", exact=True)).to_be_visible()
    _, message = order_for("I-9", drill=True)
    down = {**message, "id": "down", "purpose": "stand-down", "text": "【演练】解除指令0427，请恢复正常值守。"}
    with backend.changing():
        incident["orders"][0]["status"] = "withdrawn"
        backend.messages[0]["withdrawn"] = "stage-attained"
        backend.messages.insert(0, down)
    member.sees("【演练】解除指令0427，请恢复正常值守。")
    expect(member.page.get_by_role("button", name="马上到")).to_have_count(0)
    member.tap("知道了")
    member.sees_not("指令解除")
    assert [effect.path for effect in member.has_sent(backend, "/acknowledge")] == ["/notify/v1/inbox/down/acknowledge"]
