"""What one cell of an import may hold. A parser takes the cell's text (never empty) or raises BadCell."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from services.checkin.domain.personal import is_id_number, tidy_phone
from shared.vocabulary.geography import Crs
from shared.vocabulary.organisation import StationLevel
from shared.vocabulary.terms import ChannelKind, EquipmentKind, Role, SiteClass

V = TypeVar("V", bound=StrEnum)

# C0, C1, line and paragraph separators, embeddings, overrides and isolates (UAX 9), and what is no character in XML.
_NOT_IN_NAMES = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

_CODE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_CAPABILITY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HTTP_URL = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+", re.IGNORECASE)  # RFC 3986, section 2
URL_MAX = 2000
"""Characters."""


class BadCell(ValueError):
    """Why a cell's text is not taken. `code` is stable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def code(text: str) -> str:
    """A code of the registry: what others refer to, and the id on the topics."""
    if not _CODE.fullmatch(text):
        raise BadCell("not-a-code", "1 to 64 of letters, digits and . _ : -")
    return text


def name(text: str) -> str:
    """A name, at most 200 characters. It is data as it is written, with rare characters and wide blanks; only what
    breaks lines or turns the text around it is refused.
    """
    _bounded(text, 200)
    if _NOT_IN_NAMES.search(text):
        raise BadCell("name-invalid", "holds characters that control a line or the direction of writing")
    return text


def text_of(longest: int) -> Callable[[str], str]:
    """Free text. Refuses what a spreadsheet would take for a formula when it is exported again."""

    def parse(text: str) -> str:
        _bounded(text, longest)
        if not text.isprintable():
            raise BadCell("control-character", "holds characters that are not printable")
        return text

    return parse


def number(low: float, high: float) -> Callable[[str], float]:
    """A number within bounds."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise BadCell("not-a-number", f"{_short(text)} is no number") from None
        if not low <= value <= high:  # also NaN
            raise BadCell("out-of-range", f"from {low:g} to {high:g}")
        return value

    return parse


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """A whole number within bounds."""

    def parse(text: str) -> int:
        value = number(low, high)(text)
        if value != int(value):
            raise BadCell("not-a-number", f"{_short(text)} is no whole number")
        return int(value)

    return parse


def day(text: str) -> date:
    """2026-03-01, 2026/3/1 or 20260301."""
    found = re.fullmatch(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})", text, re.ASCII)
    try:
        if found is None:
            raise ValueError
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        raise BadCell("not-a-date", f"{_short(text)} is no date; write 2026-03-01") from None


def time_of_day(text: str) -> int:
    """08:30, 8:30 or 08:30:00, and 24:00 for the end of a day: minutes since midnight, 24:00 as 0."""
    found = re.fullmatch(r"(\d{1,2})[:：](\d{2})(?::00)?", text, re.ASCII)
    minutes = int(found[1]) * 60 + int(found[2]) if found is not None else -1
    if found is None or int(found[2]) > 59 or minutes > 24 * 60:
        raise BadCell("not-a-time", f"{_short(text)} is no time of day in whole minutes; write 08:30")
    return minutes % (24 * 60)


_WEEKDAYS = {
    word: number
    for number, (chinese, english) in enumerate(
        zip("一二三四五六日", ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), strict=True), 1
    )
    for word in (str(number), f"周{chinese}", f"星期{chinese}", english)
}


def weekday(text: str) -> int:
    """1 to 7 from Monday on, 周一 or 星期一, or Mon."""
    found = _WEEKDAYS.get(text.lower())
    if found is None:
        raise BadCell("unknown-value", "1 to 7 from Monday on, 周一 to 周日, or Mon to Sun")
    return found


_YES_NO = {
    **dict.fromkeys(("1", "true", "yes", "y", "是", "允许"), True),
    **dict.fromkeys(("0", "false", "no", "n", "否", "不允许"), False),
}


def yes_or_no(text: str) -> bool:
    """是 or 否, yes or no, true or false, 1 or 0."""
    found = _YES_NO.get(text.lower())
    if found is None:
        raise BadCell("unknown-value", "是 or 否, yes or no")
    return found


def one_of(values: Iterable[V], chinese: Mapping[str, V]) -> Callable[[str], V]:
    """A word of a closed list, as the API spells it or in Chinese."""
    words = {**{value.value.lower(): value for value in values}, **chinese}

    def parse(text: str) -> V:
        found = words.get(text.lower(), words.get(text))
        if found is None:
            raise BadCell("unknown-value", f"one of {', '.join(words)}")
        return found

    return parse


def phone(text: str) -> str:
    """An 11-digit mobile number."""
    found = tidy_phone(text)
    if found is None:
        raise BadCell("not-a-phone", "a mobile number has 11 digits and begins with 1")
    return found


def id_number(text: str) -> str:
    """An 18-character identity number whose check character is right."""
    if not is_id_number(text.upper()):
        raise BadCell("not-an-id-number", "18 characters, with a date of birth and a check character by GB 11643")
    return text.upper()


def capabilities(text: str) -> tuple[str, ...]:
    """Codes such as `first-aid`, separated by ; or 、."""
    found = _parts(text)
    for part in found:
        if len(part) > 60 or not _CAPABILITY.fullmatch(part):
            raise BadCell("not-a-code", f"{_short(part)}: small letters, digits and hyphens")
    return found


def channels(text: str) -> tuple[ChannelKind, ...]:
    """Ways to reach a person in the order in which they are tried, separated as capabilities are: `sms;inbox`."""
    found = tuple(_channel(part) for part in _parts(text))
    if not found:
        raise BadCell("unknown-value", "names no channel")
    if len(set(found)) < len(found):
        raise BadCell("duplicate", "a channel is named twice")
    return found


def http_url(text: str) -> str:
    """An absolute http or https URL, other characters than those of RFC 3986 percent-encoded; at most URL_MAX long."""
    if len(text) > URL_MAX:
        raise BadCell("too-long", f"{len(text)} characters; at most {URL_MAX}")
    if not _HTTP_URL.fullmatch(text) or not _names_a_host(text):
        raise BadCell("not-a-url", "begins with http:// or https:// and a host; other characters are percent-encoded")
    return text


def language(text: str) -> str:
    """zh-CN or en."""
    found = {"zh-cn": "zh-CN", "zh": "zh-CN", "中文": "zh-CN", "en": "en", "英文": "en", "english": "en"}.get(
        text.lower()
    )
    if found is None:
        raise BadCell("unknown-value", "zh-CN or en")
    return found


level = one_of(
    StationLevel,
    {"市局": StationLevel.CITY, "分局": StationLevel.DISTRICT, "派出所": StationLevel.STATION},
)
site_class = one_of(SiteClass, {f"{value.value}类": value for value in SiteClass})
crs = one_of(Crs, {"wgs-84": Crs.WGS84, "gcj-02": Crs.GCJ02})
role = one_of(
    (Role.MEMBER, Role.LEADER, Role.OFFICER, Role.OPERATOR),
    {"队员": Role.MEMBER, "队长": Role.LEADER, "负责人": Role.LEADER, "民警": Role.OFFICER, "操作员": Role.OPERATOR},
)
_channel = one_of(
    (ChannelKind.INBOX, ChannelKind.SMS, ChannelKind.WEBHOOK),  # the file is for development
    {"收件箱": ChannelKind.INBOX, "短信": ChannelKind.SMS, "回调": ChannelKind.WEBHOOK},
)
equipment_kind = one_of(
    EquipmentKind,
    {
        "哨子": EquipmentKind.WHISTLE,
        "长棍": EquipmentKind.LONG_STICK,
        "盾牌": EquipmentKind.SHIELD,
        "钢叉": EquipmentKind.FORK,
        "对讲机": EquipmentKind.RADIO,
        "帽子": EquipmentKind.HAT,
        "背心": EquipmentKind.VEST,
        "袖标": EquipmentKind.ARMBAND,
        "担架": EquipmentKind.STRETCHER,
        "灭火器": EquipmentKind.EXTINGUISHER,
        "肩灯": EquipmentKind.SHOULDER_LAMP,
        "急救箱": EquipmentKind.FIRST_AID,
    },
)


def _bounded(text: str, longest: int) -> None:
    if len(text) > longest:
        raise BadCell("too-long", f"{len(text)} characters; at most {longest}")
    if text[0] in "=@+-":
        raise BadCell("formula", "text must not begin with = @ + or -")


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[;；、,，]", text) if part.strip())


def _names_a_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, a bracket that is not closed
        return False


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
