"""Imports into a registry: every wrong cell is named, and nothing is written by halves."""

from dataclasses import replace
from typing import Any

import pytest

from services.checkin.adapters.spreadsheets import read_table
from services.checkin.application.import_file import ImportReport, import_file
from services.checkin.domain.registry import Kind
from services.checkin.domain.roster import Shift
from shared.vocabulary.terms import ChannelKind
from tests.conformance.checkin.city import DISTRICT_PATH, EVERYTHING, GATE, MEMBER, SITE, STATION_PATH, UNIT
from tests.conformance.checkin.memory_registry import MemoryRegistry

CITY = "/440100"


async def imported(
    kind: Kind, text: str, registry: MemoryRegistry | None = None, subtree: str = CITY, **options: Any
) -> ImportReport:
    registry = registry or await city()
    return await import_file(kind, read_table(text.encode()), subtree=subtree, registry=registry, **options)


async def city() -> MemoryRegistry:
    registry = MemoryRegistry()
    await registry.save(EVERYTHING)
    return registry


def found(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(error.row, error.column, error.code) for error in report.errors]


async def test_a_whole_city_is_imported_kind_by_kind_with_chinese_headers() -> None:
    registry = MemoryRegistry()
    files = {
        Kind.STATIONS: "编码,名称,级别,上级,经度,纬度\n"
        "440106001,天河南派出所,派出所,440106,113.32,23.13\n"
        "440106,天河区分局,分局,440100,113.36,23.12\n"
        "440100,广州市公安局,市局,,113.26,23.13\n",
        Kind.SITES: "编码,名称,类别,派出所,经度,纬度,围栏半径,点位编码,点位名称\n"
        "s-1,体育中心,B类,440106001,113.3192,23.1392,300,p-1,东门\n"
        "s-1,体育中心,B类,440106001,113.3192,23.1392,300,p-2,西门\n",
        Kind.UNITS: "编码,名称,场所,最少在岗人数,能力\nu-1,东门单元,s-1,,first-aid\n",
        Kind.MEMBERS: "编码,姓名,手机号,身份证号,单元,派出所,角色\n"
        "m-1,陈试,10000000001,440106185001010016,u-1,,队长\no-1,王测,,,,440106001,民警\n",
        Kind.EQUIPMENT: "编码,单元,装备,数量,有效期至\ne-1,u-1,盾牌,2,2027-01-01\n",
    }
    for kind, text in files.items():
        report = await imported(kind, text, registry)
        assert (report.errors, report.accepted) == ([], report.rows)
    assert await registry.sites_of_posts({"p-1", "p-2"}) == {"p-1": "s-1", "p-2": "s-1"}
    assert await registry.paths(Kind.EQUIPMENT, {"e-1"}) == {"e-1": STATION_PATH}


async def test_one_wrong_cell_means_that_nothing_is_written() -> None:
    registry = await city()
    report = await imported(Kind.UNITS, "code,name,site,quorum\nu-2,a,s-1,3\nu-3,b,s-1,none\n", registry)
    assert (report.rows, report.accepted, found(report)) == (2, 0, [(3, "quorum", "not-a-number")])
    assert await registry.paths(Kind.UNITS, {"u-2", "u-3"}) == {}


async def test_the_right_rows_are_taken_when_that_is_asked_for() -> None:
    registry = await city()
    text = "code,name,site,quorum\nu-2,a,s-1,3\nu-3,b,s-1,none\nu-4,c,nowhere,3\n"
    report = await imported(Kind.UNITS, text, registry, all_or_nothing=False)
    assert report.accepted == 1
    assert found(report) == [(3, "quorum", "not-a-number"), (4, "site", "unknown-reference")]
    assert set(await registry.paths(Kind.UNITS, {"u-2", "u-3", "u-4"})) == {"u-2"}


async def test_importing_the_same_file_twice_changes_nothing_more() -> None:
    registry = await city()
    text = "code,name,phone,unit\nm-7,赵试,10000000007,u-1\n"
    for _ in range(2):
        report = await imported(Kind.MEMBERS, text, registry)
        assert report.accepted == 1
    assert [member.code for member in await registry.members_of("u-1")] == ["m-1", "m-2", "m-7"]


async def test_a_members_row_may_say_how_they_are_told_and_in_which_order() -> None:
    registry = await city()
    text = (
        "编码,姓名,手机号,单元,通知渠道,回调地址\n"
        "m-7,赵试,10000000007,u-1,短信;收件箱,\n"
        "m-8,钱验,,u-1,webhook,https://bot.example/hook\n"
        "m-9,孙测,,u-1,,\n"
    )
    assert found(await imported(Kind.MEMBERS, text, registry)) == []
    told = {m.code: (m.channels, m.webhook_url) for m in await registry.members_of("u-1")}
    assert told["m-7"] == ((ChannelKind.SMS, ChannelKind.INBOX), "")
    assert told["m-8"] == ((ChannelKind.WEBHOOK,), "https://bot.example/hook")
    assert told["m-9"] == ((), "")


async def test_a_member_who_could_not_be_told_by_a_named_channel_is_not_taken_with_the_others() -> None:
    registry = await city()
    text = "code,name,phone,unit,channels\nm-7,a,10000000007,u-1,sms\nm-8,b,,u-1,sms\n"
    report = await imported(Kind.MEMBERS, text, registry, all_or_nothing=False)
    assert (report.accepted, found(report)) == (1, [(3, "phone", "missing")])
    assert [member.code for member in await registry.members_of("u-1")] == ["m-1", "m-2", "m-7"]


async def test_a_members_row_is_told_everything_that_is_wrong_with_it_at_once() -> None:
    text = "code,name,unit,channels\nm-9,a,nowhere,webhook;sms\n"
    expected = [(2, "webhook_url", "missing"), (2, "phone", "missing"), (2, "unit", "unknown-reference")]
    assert found(await imported(Kind.MEMBERS, text)) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.UNITS, "code,name\n", [(1, "site", "missing-column")]),
        (Kind.UNITS, "code,编码,name,site\n", [(1, "编码", "duplicate-column")]),
        (Kind.UNITS, "code,name,site,colour\n", [(1, "colour", "unknown-column")]),
        (Kind.UNITS, "code,name,site\n,a,s-1\n", [(2, "code", "missing")]),
        (Kind.UNITS, "code,name,site\nu-2,a,s-1\nu-2,b,s-1\n", [(3, "code", "duplicate")]),
        (Kind.UNITS, f"code,name,site\nu-2,{'x' * 20_000},s-1\n", [(2, "name", "too-long")]),
        (Kind.UNITS, "code,name,site\nu-2,=1+1,s-1\n", [(2, "name", "formula")]),
        (Kind.UNITS, "code,name,site\nu-2,a\u202egpj.exe,s-1\n", [(2, "name", "name-invalid")]),
        (Kind.MEMBERS, 'code,name,unit\nm-9,"a\nb",u-1\n', [(2, "name", "name-invalid")]),
        (
            Kind.STATIONS,
            "code,name,level,parent,lon,lat\n440106009,a,station,440109,1,2\n",
            [(2, "parent", "unknown-reference")],
        ),
        (
            Kind.STATIONS,
            "code,name,level,parent,lon,lat\n440106009,a,station,440100,1,2\n",
            [(2, "parent", "wrong-parent")],
        ),
        (
            Kind.STATIONS,
            "code,name,level,parent,lon,lat\n440106001001,a,station,440106001,1,2\n",
            [(2, "parent", "wrong-parent")],
        ),
        (
            Kind.STATIONS,
            "code,name,level,parent,lon,lat\n440105001,a,station,440106,1,2\n",
            [(2, "code", "wrong-code")],
        ),
        (
            Kind.STATIONS,
            "code,name,level,lon,lat\n440100,a,city,181,91\n",
            [(2, "lon", "out-of-range"), (2, "lat", "out-of-range")],
        ),
        (Kind.SITES, "code,name,class,station,lon,lat\ns-9,a,A,440106,1,2\n", [(2, "station", "wrong-level")]),
        (
            Kind.SITES,
            "code,name,class,station,lon,lat,post_code\ns-9,a,A,440106001,1,2,p-1\n",
            [(2, "post_code", "duplicate")],
        ),
        (
            Kind.SITES,
            "code,name,class,station,lon,lat,post_code\ns-9,a,A,440106001,1,2,x\ns-9,b,A,440106001,1,2,y\n",
            [(3, "name", "contradiction")],
        ),
        (
            Kind.SITES,
            "code,name,class,station,lon,lat\ns-9,a,A,440106001,1,2\ns-9,a,A,440106001,1,2\n",
            [(3, "code", "duplicate")],
        ),
        (
            Kind.SITES,
            "code,name,class,station,lon,lat,post_code,post_lon\ns-9,a,A,440106001,1,2,x,1\n",
            [(2, "post_lon", "missing")],
        ),
        (Kind.MEMBERS, "code,name\nm-9,a\n", [(2, "unit", "missing")]),
        (Kind.MEMBERS, "code,name,unit,phone\nm-9,a,u-1,110\n", [(2, "phone", "not-a-phone")]),
        (Kind.MEMBERS, "code,name,unit,channels\nm-9,a,u-1,sms;inbox\n", [(2, "phone", "missing")]),
        (Kind.MEMBERS, "code,name,unit,channels\nm-9,a,u-1,webhook\n", [(2, "webhook_url", "missing")]),
        (
            Kind.MEMBERS,
            "code,name,unit,通知渠道,回调地址\nm-9,a,u-1,inbox;inbox,ftp://x\n",
            [(2, "通知渠道", "duplicate"), (2, "回调地址", "not-a-url")],
        ),
        (Kind.MEMBERS, "code,name,unit,channels\nm-9,a,u-1,pigeon\n", [(2, "channels", "unknown-value")]),
        (Kind.ROSTERS, "unit,member,weekday,from\n", [(1, "to", "missing-column")]),
        (
            Kind.ROSTERS,
            "unit,member,weekday,from,to\nu-1,m-1,8,25:00,x\n",
            [(2, "weekday", "unknown-value"), (2, "from", "not-a-time"), (2, "to", "not-a-time")],
        ),
        (Kind.ROSTERS, "unit,member,weekday,from,to\nu-9,m-1,1,8:00,9:00\n", [(2, "unit", "unknown-reference")]),
        (
            Kind.ROSTERS,
            "unit,member,weekday,from,to,post\nu-1,o-1,1,8:00,9:00,p-9\n",
            [(2, "member", "unknown-reference"), (2, "post", "unknown-reference")],
        ),
        (
            Kind.ROSTERS,
            "unit,member,weekday,from,to\nu-1,m-1,1,8:00,9:00\nu-1,m-1,周一,08:00,12:00\n",
            [(3, "from", "duplicate")],
        ),
        (
            Kind.EQUIPMENT,
            "code,unit,kind,count\ne-9,u-1,剑,-1\n",
            [(2, "kind", "unknown-value"), (2, "count", "out-of-range")],
        ),
    ],
)
async def test_what_is_wrong_is_named_by_row_column_and_code(
    kind: Kind, text: str, expected: list[tuple[int, str, str]]
) -> None:
    report = await imported(kind, text)
    assert found(report) == expected
    assert report.accepted == 0


HOSTILE = (
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "\u200fיחידה",
    "{{7*7}}",
    "%s%n",
    "../../etc/passwd",
    "单元\u3000东",
)


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_strange_name_is_data_and_stays_as_it_was_written(name: str) -> None:
    registry = await city()
    report = await imported(Kind.MEMBERS, f'code,name,unit\nm-9,"{name}",u-1\n', registry)
    assert found(report) == []
    assert await registry.names_of(["m-9"]) == {"m-9": name}


async def test_nobody_writes_outside_the_own_subtree() -> None:
    text = "code,name,site\nu-9,a,s-1\n"
    assert found(await imported(Kind.UNITS, text, subtree=DISTRICT_PATH)) == []
    assert found(await imported(Kind.UNITS, text, subtree="/440100/440105")) == [(2, "site", "unknown-reference")]
    report = await imported(Kind.UNITS, text, subtree=f"{DISTRICT_PATH}/440106002")
    assert found(report) == [(2, "site", "unknown-reference")]


async def test_what_is_registered_elsewhere_is_not_there_for_an_importer() -> None:
    """A node below a station elsewhere is refused as one below no station, though its code has a wrong form too."""
    elsewhere = f"{DISTRICT_PATH}/440106002"
    for parent in ("440106001", "440106999"):
        text = f"code,name,level,parent,lon,lat\n1,a,station,{parent},1,2\n"
        report = await imported(Kind.STATIONS, text, subtree=elsewhere)
        assert found(report) == [(2, "parent", "unknown-reference")]


async def test_nobody_takes_what_is_registered_elsewhere() -> None:
    registry = await city()
    other = f"{DISTRICT_PATH}/440106002"
    await imported(Kind.SITES, "code,name,class,station,lon,lat\ns-2,b,A,440106002,1,2\n", registry)
    report = await imported(Kind.UNITS, "code,name,site\nu-1,a,s-2\n", registry, subtree=other)
    assert found(report) == [(2, "code", "not-yours")]


async def test_a_site_without_posts_gets_one_at_its_place_and_keeps_those_it_has() -> None:
    registry = await city()
    text = "code,name,class,station,lon,lat,crs\ns-1,a,A,440106001,113.3,23.1,\ns-2,b,A,440106001,113.3,23.1,gcj02\n"
    assert found(await imported(Kind.SITES, text, registry)) == []
    posts = await registry.posts_of({"s-1", "s-2"})
    assert [post.code for post in posts["s-1"]] == ["p-1", "p-2"]
    (made,) = posts["s-2"]
    assert made.code == "s-2.p1"
    assert made.location.lon == pytest.approx(113.2948, abs=0.0003)  # GCJ-02 lies some 500 m off here


async def test_a_units_rows_are_its_roster_and_replace_the_one_before() -> None:
    registry = await city()
    header = "unit_code,member_code,weekday,from,to,post_code\n"
    text = f"{header}u-1,m-1,1,08:00,20:00,p-1\nu-1,m-1,2,08:00,20:00,\nu-1,m-2,1,20:00,08:00,\n"
    report = await imported(Kind.ROSTERS, text, registry)
    assert (report.errors, report.accepted) == ([], 3)
    assert await registry.rosters_of(["u-1", "u-9"]) == {
        "u-1": (
            Shift("m-1", 1, 480, 1200, "p-1"),
            Shift("m-1", 2, 480, 1200, None),
            Shift("m-2", 1, 1200, 480, None),
        )
    }
    await imported(Kind.ROSTERS, f"{header}u-1,m-2,7,00:00,24:00,\n", registry)
    assert await registry.rosters_of(["u-1"]) == {"u-1": (Shift("m-2", 7, 0, 0, None),)}


async def test_a_roster_with_a_broken_row_is_not_taken_in_part() -> None:
    registry = await city()
    await registry.save([replace(UNIT, code="u-2"), replace(MEMBER, code="m-8", unit="u-2")])
    text = "unit,member,weekday,from,to\nu-1,m-1,1,8:00,9:00\nu-1,m-2,1,noon,9:00\nu-2,m-8,1,8:00,9:00\n"
    report = await imported(Kind.ROSTERS, text, registry, all_or_nothing=False)
    assert found(report) == [(2, "unit", "roster-incomplete"), (3, "from", "not-a-time")]
    assert list(await registry.rosters_of(["u-1", "u-2"])) == ["u-2"]


async def test_nobody_rosters_others_people_or_to_others_posts() -> None:
    registry = await city()
    elsewhere = replace(SITE, code="s-2", station="440106002", posts=(replace(GATE, code="p-9"),))
    await registry.save([elsewhere, replace(UNIT, code="u-2", site="s-2"), replace(MEMBER, code="m-8", unit="u-2")])
    text = "unit,member,weekday,from,to,post\nu-1,m-8,1,8:00,9:00,p-9\nu-2,m-8,1,8:00,9:00,\n"
    report = await imported(Kind.ROSTERS, text, registry, subtree=STATION_PATH)
    assert found(report) == [
        (2, "member", "unknown-reference"),
        (2, "post", "unknown-reference"),
        (3, "unit", "unknown-reference"),
    ]


async def test_a_site_with_a_broken_row_is_not_taken_in_part() -> None:
    registry = await city()
    text = (
        "code,name,class,station,lon,lat,post_code,post_lon,post_lat\n"
        "s-1,a,A,440106001,1,2,p-1,1,2\ns-1,a,A,440106001,1,2,p-3,1,north\ns-3,a,A,440106001,1,2,p-4,,\n"
    )
    report = await imported(Kind.SITES, text, registry, all_or_nothing=False)
    assert found(report) == [(2, "code", "site-incomplete"), (3, "post_lat", "not-a-number")]
    assert report.accepted == 1
    assert [post.code for post in (await registry.posts_of({"s-1"}))["s-1"]] == ["p-1", "p-2"]
