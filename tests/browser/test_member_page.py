"""The member's page in a real browser of a phone's size, on the built files under the project's content policy.

The platform is `member_backend.Backend`: a server of its own, so that the page's service worker, its cookie and a cut
line are real.
"""

import re
import struct
import zlib
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from deploy.local import VAR
from tests.browser.member_backend import (
    CODE,
    PASSWORD,
    PIN,
    POST,
    PRINTED,
    Backend,
    Effect,
    order_for,
    problem,
    serving,
)

DIST = VAR / "console" / "dist" / "m"
AXE = VAR / "console" / "node_modules" / "axe-core" / "axe.min.js"
SHELL = ("the document", "its script", "its sheet", "its icon", "its manifest")
AT_POST = {"latitude": POST["lat"], "longitude": POST["lon"], "accuracy": 12}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
    "geolocation": AT_POST,
    "permissions": ["geolocation"],
}
expect.set_options(timeout=15_000)


@dataclass
class Phone:
    """A phone with the page on it."""

    context: BrowserContext
    page: Page
    url: str

    def scan(self, code: str = CODE, unit: str = "U-1") -> None:
        """The camera opens the address of the post's code, where the page is open already or not."""
        self.page.goto(f"{self.url}/m/?unit={unit}#c={code}&p=P-1")
        self.sees("已连接")

    def tap(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name, exact=isinstance(name, str)).tap()

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def sees_not(self, words: str) -> None:
        expect(self.page.get_by_text(words)).to_have_count(0)

    def log_in(self) -> None:
        self.page.goto(f"{self.url}/m/")
        self.page.get_by_label("账号").fill("guard")
        self.page.get_by_label("密码", exact=True).fill(PASSWORD)
        self.tap("登录")
        expect(self.page.get_by_role("heading", name="体育中心东门应急单元")).to_be_visible()

    def has_sent(self, backend: Backend, path_end: str, times: int = 1) -> list[Effect]:
        """What was sent there and took effect, once it has: the screen shows an answer before the platform has it."""
        self.until(lambda: len(backend.of(path_end)) >= times)
        assert len(backend.of(path_end)) == times
        return backend.of(path_end)

    def until(self, happened: Callable[[], bool]) -> None:
        """Waits for what the screen does not tell."""
        for _ in range(150):
            if happened():
                return
            self.page.wait_for_timeout(100)
        pytest.fail("it has not happened within 15 s")

    def is_kept(self) -> None:
        """The service worker has all that the page needs without a network."""
        kept = "async () => (await (await caches.open('meu-member-shell')).keys()).length"
        self.until(lambda: self.page.evaluate(kept) == len(SHELL))
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")


@pytest.fixture
def backend() -> Backend:
    assert (DIST / "index.html").is_file(), "the page is not built: make console"
    return Backend(DIST)


@pytest.fixture
def address(backend: Backend) -> Generator[str]:
    with serving(backend) as url:
        yield url


@pytest.fixture
def phone(chromium: Browser, address: str) -> Generator[Phone]:
    """Logged in nowhere yet. In the end: nothing broke, and nothing offended against the content policy."""
    context = chromium.new_context(**PHONE)
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield Phone(context, context.new_page(), address)
    context.close()
    assert faults == []


@pytest.fixture
def member(phone: Phone) -> Phone:
    phone.log_in()
    return phone


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


def test_made_up_data_is_marked_as_such(backend: Backend, phone: Phone) -> None:
    backend.demo = True
    phone.page.goto(f"{phone.url}/m/")
    phone.sees("演示系统：数据均为虚构")


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


def arrives(backend: Backend, incident_id: str, **how: bool) -> dict[str, Any]:
    """An order reaches the member's inbox; its incident."""
    incident, message = order_for(incident_id, **how)
    with backend.changing():
        backend.incidents[incident_id] = incident
        backend.messages.insert(0, message)
    return incident


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


def hold(phone: Phone, ms: int) -> None:
    box = phone.page.locator(".hold").bounding_box()
    assert box is not None
    phone.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    phone.page.mouse.down()
    phone.page.wait_for_timeout(ms)
    phone.page.mouse.up()


def test_an_sos_is_held_and_help_is_seen_coming(backend: Backend, member: Phone) -> None:
    member.tap("紧急求助")
    member.page.get_by_text("救人求助").tap()
    hold(member, 700)
    member.page.wait_for_timeout(1500)
    assert backend.tried("/incidents") == [], "let go too early, it is no call"
    hold(member, 1800)
    member.sees(re.compile("求助已送达平台"))
    (sent,) = backend.of("/incidents")
    assert (sent.json["class"], sent.json["severity"]) == ("rescue", "critical")
    assert sent.json["location"] == {"lon": POST["lon"], "lat": POST["lat"], "accuracy_m": 12, "crs": "wgs84"}
    assert sent.json["description"].startswith("手机一键求助")
    order = order_for("I-x")[0]["orders"][0]
    backend.incidents["I-1"]["orders"] = [order, {**order, "order_id": "2", "status": "acknowledged"}]
    member.sees("已通知2支力量")
    member.sees("1支正在赶来")


def test_an_sos_by_keyboard_takes_two_presses(backend: Backend, member: Phone) -> None:
    member.tap("紧急求助")
    button = member.page.locator(".hold")
    button.focus()
    member.page.keyboard.press("Enter")
    member.sees("再点一次发出")
    member.page.keyboard.press("Enter")  # a nervous second stroke is no second press
    assert backend.tried("/incidents") == []
    member.page.wait_for_timeout(700)
    member.page.keyboard.press("Enter")
    member.sees(re.compile("求助已送达平台"))
    assert len(backend.of("/incidents")) == 1


def test_an_sos_without_a_network_says_to_call_and_leaves_as_soon_as_it_can(backend: Backend, member: Phone) -> None:
    member.is_kept()
    backend.cut = "before"
    member.tap("紧急求助")
    hold(member, 1800)
    member.sees("没有网络：一有网络就发出。现在请打110。")
    expect(member.page.get_by_role("link", name="打110")).to_have_attribute("href", "tel:110")
    member.page.reload()
    backend.cut = "no"
    member.sees(re.compile("求助已送达平台"))
    assert len(backend.of("/incidents")) == 1


def test_without_a_position_help_is_sent_to_the_units_place(backend: Backend, member: Phone) -> None:
    member.context.clear_permissions()
    member.tap("紧急求助")
    hold(member, 1800)
    member.sees(re.compile("求助已送达平台"))
    (sent,) = backend.of("/incidents")
    assert (sent.json["location"]["lon"], sent.json["location"]["lat"]) == (POST["lon"], POST["lat"])
    assert "手机没有定位" in sent.json["description"]


def png(width: int, height: int) -> bytes:
    """A picture with noise in it, which compresses badly."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = bytes((x * 7919 >> 3) % 256 for x in range(width * 3))
    rows = b"".join(b"\0" + row[y % 97 :] + row[: y % 97] for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(rows, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height from a JPEG's frame header."""
    at = 2
    while True:
        marker, length = struct.unpack(">HH", data[at : at + 4])
        if marker in (0xFFC0, 0xFFC1, 0xFFC2):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length


def test_a_hazard_is_reported_with_a_photo_that_a_poor_network_bears(
    backend: Backend, member: Phone, tmp_path: Path
) -> None:
    (tmp_path / "photo.png").write_bytes(png(4000, 3000))
    member.is_kept()
    member.tap("报隐患")
    member.page.get_by_text("通道堵塞").tap()
    member.page.locator("#photo").set_input_files(tmp_path / "photo.png")
    expect(member.page.get_by_role("img", name="拍照")).to_be_visible()
    member.page.get_by_label("说明").fill("货物堵了安全出口")
    backend.cut = "after"
    member.tap("上报")
    member.sees(re.compile("1项等待发送"))
    member.until(lambda: len(backend.tried("/hazards")) > 0)
    member.page.reload()
    member.sees(re.compile("1项等待发送"))
    backend.cut = "no"
    member.sees("隐患已上报，谢谢")
    (sent,) = backend.of("/hazards")
    assert len(backend.tried("/hazards")) >= 2, "the bytes were not sent a second time"
    assert len(sent.body) < 1_000_000
    boundary = sent.body.split(b"\r\n", 1)[0][2:]
    form = message_from_bytes(b"Content-Type: multipart/form-data; boundary=" + boundary + b"\r\n\r\n" + sent.body)
    parts = {
        str(part.get_param("name", header="content-disposition")): part for part in form.walk() if part is not form
    }
    told = {name: bytes(part.get_payload(decode=True)).decode() for name, part in parts.items() if name != "photo"}
    assert datetime.fromisoformat(told.pop("found_at")) < datetime.now(UTC)
    assert told == {
        "kind": "blocked-exit",
        "note": "货物堵了安全出口",
        "lon": str(POST["lon"]),
        "lat": str(POST["lat"]),
        "crs": "wgs84",
        "accuracy_m": "12",
        "unit_id": "U-1",
    }
    assert jpeg_size(bytes(parts["photo"].get_payload(decode=True))) == (1600, 1200)


def test_switches_to_english_in_place_and_stays_so(member: Phone) -> None:
    member.tap("English")
    member.sees("You are off duty")
    assert member.page.evaluate("document.documentElement.lang") == "en"
    member.page.reload()
    member.sees("You are off duty")
    member.tap("中文")
    member.sees("您不在岗")


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
    phone.page.evaluate(AXE.read_text("utf-8"))
    found = phone.page.evaluate("async () => (await axe.run()).violations")
    grave = [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")]
    assert grave == []
    assert phone.page.evaluate(SMALL) == []
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
