"""Calling for help and reporting hazards on the member's page."""

import re
import struct
import zlib
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.member_backend import Backend
from tests.browser.member_data import POST, order_for
from tests.browser.member_phone import Phone


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
