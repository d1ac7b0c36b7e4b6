"""Cells of an import, by table."""

from datetime import date
from typing import Any

import pytest

from services.checkin.application import cells
from services.checkin.application.import_columns import COLUMNS, column_named
from services.checkin.domain.personal import masked_id_number, masked_name, masked_phone
from services.checkin.domain.registry import Kind, is_station_code
from shared.vocabulary.organisation import StationLevel
from shared.vocabulary.terms import ChannelKind, EquipmentKind, Role, SiteClass

GOOD: list[tuple[Any, str, Any]] = [
    (cells.code, "u-440106.1:a_b", "u-440106.1:a_b"),
    (cells.name, "陈 试", "陈 试"),
    (cells.name, "王\u3000明", "王\u3000明"),
    (cells.name, "\u200fעדה", "\u200fעדה"),
    (cells.name, "<script>alert(1)</script>", "<script>alert(1)</script>"),
    (cells.name, "\U00031350\ue000", "\U00031350\ue000"),
    (cells.number(1, 5000), "1e3", 1000.0),
    (cells.whole_number(1, 100), "3", 3),
    (cells.day, "2026/3/1", date(2026, 3, 1)),
    (cells.day, "20260301", date(2026, 3, 1)),
    (cells.time_of_day, "08:30", 510),
    (cells.time_of_day, "8：30", 510),
    (cells.time_of_day, "08:30:00", 510),
    (cells.time_of_day, "00:00", 0),
    (cells.time_of_day, "24:00", 0),
    (cells.weekday, "1", 1),
    (cells.weekday, "周日", 7),
    (cells.weekday, "星期三", 3),
    (cells.weekday, "Sat", 6),
    (cells.yes_or_no, "是", True),
    (cells.yes_or_no, "No", False),
    (cells.site_class, "b", SiteClass.B),
    (cells.site_class, "B类", SiteClass.B),
    (cells.level, "派出所", StationLevel.STATION),
    (cells.role, "队长", Role.LEADER),
    (cells.equipment_kind, "钢叉", EquipmentKind.FORK),
    (cells.equipment_kind, "long-stick", EquipmentKind.LONG_STICK),
    (cells.phone, "+86 100-0000-0001", "10000000001"),
    (cells.id_number, "440106185001010016", "440106185001010016"),
    (cells.capabilities, "first-aid；stretcher", ("first-aid", "stretcher")),
    (cells.language, "中文", "zh-CN"),
    (cells.channels, "sms;inbox", (ChannelKind.SMS, ChannelKind.INBOX)),
    (cells.channels, "短信； Webhook ；收件箱；", (ChannelKind.SMS, ChannelKind.WEBHOOK, ChannelKind.INBOX)),
    (cells.http_url, "https://bot.example/a%20b?c=d", "https://bot.example/a%20b?c=d"),
    (cells.http_url, "HTTP://[::1]:8080", "HTTP://[::1]:8080"),
    (cells.http_url, "http://h/" + "x" * 1991, "http://h/" + "x" * 1991),
]

BAD: list[tuple[Any, str, str]] = [
    (cells.code, "u 1", "not-a-code"),
    (cells.code, "x" * 65, "not-a-code"),
    (cells.code, "单元", "not-a-code"),
    (cells.name, "x" * 201, "too-long"),
    (cells.name, "=HYPERLINK(1)", "formula"),
    (cells.name, "@SUM(A1)", "formula"),
    (cells.name, "-1+1", "formula"),
    (cells.name, "a\x07b", "name-invalid"),
    (cells.name, "a\nb", "name-invalid"),
    (cells.name, "a\x85b", "name-invalid"),
    (cells.name, "a\u2028b", "name-invalid"),
    (cells.name, "a\u202ab", "name-invalid"),
    (cells.name, "a\u202eb", "name-invalid"),
    (cells.name, "a\u2066b", "name-invalid"),
    (cells.name, "a\u2069b", "name-invalid"),
    (cells.name, "a\uffffb", "name-invalid"),
    (cells.text_of(400), "a\u202eb", "control-character"),
    (cells.number(1, 5000), "many", "not-a-number"),
    (cells.number(1, 5000), "nan", "out-of-range"),
    (cells.number(1, 5000), "0", "out-of-range"),
    (cells.whole_number(1, 100), "2.5", "not-a-number"),
    (cells.whole_number(1, 100), "inf", "out-of-range"),
    (cells.day, "2026-02-30", "not-a-date"),
    (cells.day, "tomorrow", "not-a-date"),
    (cells.time_of_day, "24:01", "not-a-time"),
    (cells.time_of_day, "08:60", "not-a-time"),
    (cells.time_of_day, "08:30:30", "not-a-time"),
    (cells.time_of_day, "0.354", "not-a-time"),
    (cells.time_of_day, "noon", "not-a-time"),
    (cells.weekday, "0", "unknown-value"),
    (cells.weekday, "8", "unknown-value"),
    (cells.weekday, "周八", "unknown-value"),
    (cells.yes_or_no, "maybe", "unknown-value"),
    (cells.site_class, "E", "unknown-value"),
    (cells.role, "display", "unknown-value"),
    (cells.phone, "020-1234", "not-a-phone"),
    (cells.phone, "1000000000１", "not-a-phone"),
    (cells.id_number, "440106185001010015", "not-an-id-number"),
    (cells.id_number, "440106185013010012", "not-an-id-number"),
    (cells.capabilities, "First Aid", "not-a-code"),
    (cells.language, "fr", "unknown-value"),
    (cells.channels, "sms;pigeon", "unknown-value"),
    (cells.channels, "file", "unknown-value"),
    (cells.channels, ";", "unknown-value"),
    (cells.channels, "sms;inbox;短信", "duplicate"),
    (cells.http_url, "ftp://bot.example/", "not-a-url"),
    (cells.http_url, "bot.example/hook", "not-a-url"),
    (cells.http_url, "https:///hook", "not-a-url"),
    (cells.http_url, "https://:443/hook", "not-a-url"),
    (cells.http_url, "https://bot.example:65536/", "not-a-url"),
    (cells.http_url, "https://[::1/", "not-a-url"),
    (cells.http_url, "https://bot.example/a b", "not-a-url"),
    (cells.http_url, "https://bot.example/钩子", "not-a-url"),
    (cells.http_url, "http://h/" + "x" * 1992, "too-long"),
]


@pytest.mark.parametrize(("parse", "text", "value"), GOOD)
def test_a_good_cell_has_its_value(parse: Any, text: str, value: Any) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(("parse", "text", "code"), BAD)
def test_a_bad_cell_says_why_with_a_stable_code(parse: Any, text: str, code: str) -> None:
    with pytest.raises(cells.BadCell) as caught:
        parse(text)
    assert caught.value.code == code


def test_every_header_means_one_column_only() -> None:
    for kind, columns in COLUMNS.items():
        headers = [header for column in columns for header in (column.name, *column.also)]
        assert len(set(headers)) == len(headers)
        assert all(column_named(kind, header) is not None for header in headers)


def test_a_header_may_be_written_with_blanks_and_capitals() -> None:
    column = column_named(Kind.SITES, " Geofence Radius m ")
    assert column is not None
    assert column.name == "geofence_radius_m"


@pytest.mark.parametrize(
    ("code", "level", "parent", "fits"),
    [
        ("440100", StationLevel.CITY, None, True),
        ("44010", StationLevel.CITY, None, False),
        ("440106", StationLevel.DISTRICT, "440100", True),
        ("440306", StationLevel.DISTRICT, "440100", False),
        ("440106007", StationLevel.STATION, "440106", True),
        ("440106000007", StationLevel.STATION, "440106", True),
        ("440105007", StationLevel.STATION, "440106", False),
        ("440106", StationLevel.STATION, "440106", False),
        ("44010600七", StationLevel.STATION, "440106", False),
    ],
)
def test_a_station_code_fits_its_place_in_the_tree(
    code: str, level: StationLevel, parent: str | None, fits: bool
) -> None:
    assert is_station_code(code, level, parent) is fits


def test_personal_data_are_shown_masked() -> None:
    assert masked_phone("13800000000") == "138****0000"
    assert masked_id_number("440106185001010016") == "440106********0016"
    assert masked_name("陈小试") == "陈**"
    assert (masked_phone(""), masked_id_number(""), masked_name("")) == ("", "", "")
