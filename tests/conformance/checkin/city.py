"""A small city's registry entries."""

from dataclasses import replace
from datetime import date

from services.checkin.domain.registry import (
    EquipmentEntry,
    MemberEntry,
    PostEntry,
    SiteEntry,
    StationEntry,
    UnitEntry,
)
from shared.vocabulary.geography import Point
from shared.vocabulary.organisation import StationLevel
from shared.vocabulary.terms import ChannelKind, EquipmentKind, Role, SiteClass

CITY_PATH, DISTRICT_PATH, STATION_PATH = "/440100", "/440100/440106", "/440100/440106/440106001"
PLACE = Point(113.3192, 23.1392)

CITY = StationEntry("440100", "广州市公安局", StationLevel.CITY, None, CITY_PATH, PLACE)
DISTRICT = StationEntry("440106", "天河区分局", StationLevel.DISTRICT, "440100", DISTRICT_PATH, PLACE)
STATION = StationEntry("440106001", "天河南派出所", StationLevel.STATION, "440106", STATION_PATH, PLACE)
OTHER_STATION = replace(STATION, code="440106002", name="石牌派出所", path=f"{DISTRICT_PATH}/440106002")
GATE = PostEntry("p-1", "东门", Point(113.3199, 23.1392), fixed_code_allowed=False)
BACK = PostEntry("p-2", "西门", Point(113.3185, 23.1392), fixed_code_allowed=True)
SITE = SiteEntry("s-1", "天河体育中心", SiteClass.B, "440106001", PLACE, 300, "天河路299号", (GATE, BACK))
UNIT = UnitEntry("u-1", "体育中心东门单元", "s-1", None, ("first-aid",), suspended=False)
ID_NUMBER = "440106185001010016"
LEADER = MemberEntry("m-1", "陈试", "10000000001", ID_NUMBER, "u-1", None, Role.LEADER, "zh-CN", True, (), "")
MEMBER = MemberEntry("m-2", "李验", "10000000002", "", "u-1", None, Role.MEMBER, "en", True, (), "")
OFFICER = MemberEntry("o-1", "王测", "10000000003", "", None, "440106001", Role.OFFICER, "zh-CN", True, (), "")
SUBSCRIBER = replace(
    MEMBER,
    code="m-3",
    channels=(ChannelKind.SMS, ChannelKind.WEBHOOK, ChannelKind.INBOX),
    webhook_url="https://bot.example/hook?of=m-3",
)
SHIELD = EquipmentEntry("e-1", "u-1", EquipmentKind.SHIELD, 2, date(2026, 1, 5), None)

STATIONS = [CITY, DISTRICT, STATION, OTHER_STATION]
EVERYTHING = [*STATIONS, SITE, UNIT, LEADER, MEMBER, OFFICER, SHIELD]
