"""Units, positions and the registry over HTTP."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.platform.web.tokens import Principal
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import Role, SiteClass
from tests.component.checkin.conftest import (
    DISPLAY,
    ELSEWHERE,
    LEADER,
    MEMBER,
    OFFICER,
    OPERATOR,
    Desk,
    manned,
)
from tests.conformance.checkin.city import LEADER as LEADER_ENTRY
from tests.conformance.checkin.city import SITE, UNIT
from tests.fakes.keys import bearer

PARTNER = Principal("gateway", Role.PARTNER, "/440100")


async def ids(desk: Desk, who: Principal, query: str = "") -> list[str]:
    answer = await desk.get(who, f"/units{query}")
    assert answer.status_code == 200, answer.text
    return [item["unit_id"] for item in answer.json()["items"]]


async def grow(desk: Desk) -> None:
    """Two more sites, each with a unit: another class and place, and another station."""
    shop = replace(SITE, code="s-2", site_class=SiteClass.D, location=Point(113.5, 23.1), posts=())
    far = replace(SITE, code="s-3", station="440106002", posts=())
    units = [replace(UNIT, code="u-2", site="s-2"), replace(UNIT, code="u-3", site="s-3")]
    await desk.registry.save([shop, far, *units])
    await desk.relay()


async def test_units_are_filtered_by_everything_at_once(desk: Desk) -> None:
    await grow(desk)
    desk.book.duties = {"u-1": manned("u-1", "m-1", "m-2"), "u-2": manned("u-2", "x")}
    assert await ids(desk, OPERATOR) == ["u-1", "u-2", "u-3"]
    assert await ids(desk, OPERATOR, "?class=D") == ["u-2"]
    assert await ids(desk, OPERATOR, "?duty=on") == ["u-1"]
    assert await ids(desk, OPERATOR, "?duty=short") == ["u-2"]
    assert await ids(desk, OPERATOR, "?duty=off") == ["u-3"]
    assert await ids(desk, OPERATOR, "?bbox=113.4,23,113.6,23.2") == ["u-2"]
    assert await ids(desk, OPERATOR, "?bbox=113.4,23,-170,23.2") == ["u-2"]
    assert await ids(desk, OPERATOR, "?station=440106002") == ["u-3"]
    assert await ids(desk, OPERATOR, "?station=440106&class=B&duty=off") == ["u-3"]


async def test_everybody_sees_the_own_part_of_the_city_only(desk: Desk) -> None:
    await grow(desk)
    assert await ids(desk, OFFICER) == ["u-1", "u-2"]
    assert await ids(desk, ELSEWHERE) == ["u-3"]
    assert await ids(desk, LEADER) == ["u-1"]
    assert (await desk.get(DISPLAY, "/units")).status_code == 403
    assert (await desk.get(ELSEWHERE, "/units/u-1")).status_code == 404
    assert (await desk.get(MEMBER, "/units/u-2")).status_code == 404
    assert (await desk.get(MEMBER, "/units/u-1")).json()["posts"][0]["post_id"] == "p-1"
    assert (await desk.get(ELSEWHERE, "/units?station=440106001")).json()["code"] == "unknown-station"


async def test_pages_follow_one_another_without_gap_or_repeat(desk: Desk) -> None:
    await desk.registry.save([replace(UNIT, code=f"u-{n:03}") for n in range(25)])
    await desk.relay()
    desk.book.duties = {f"u-{n:03}": manned(f"u-{n:03}", "a", "b") for n in range(0, 25, 2)}
    for query, expected in (("?limit=7", 26), ("?limit=3&duty=on", 13)):
        seen: list[str] = []
        url: str | None = f"/checkin/v1/units{query}"
        while url is not None:
            answer = await desk.http.get(url, headers=bearer(OPERATOR))
            seen += [item["unit_id"] for item in answer.json()["items"]]
            url = answer.links["next"]["url"] if "next" in answer.links else None
        assert len(seen) == len(set(seen)) == expected
        assert seen == sorted(seen)


async def test_units_are_geojson_for_who_accepts_it(desk: Desk) -> None:
    answer = await desk.get(OPERATOR, "/units", Accept="application/geo+json")
    assert answer.headers["content-type"] == "application/geo+json"
    (feature,) = answer.json()["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [113.3192, 23.1392]}
    assert (feature["id"], feature["properties"]["duty"]["state"]) == ("u-1", "off")
    single = await desk.get(OPERATOR, "/units/u-1", Accept="application/geo+json")
    assert single.json() == feature


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("bbox=1,2,3", "bbox"),
        ("bbox=a,b,c,d", "bbox"),
        ("bbox=0,10,1,5", "bbox"),
        ("bbox=nan,0,1,5", "bbox"),
        ("class=E", "class"),
        ("duty=maybe", "duty"),
        ("limit=0", "limit"),
        ("cursor=_w", "cursor"),
        ("station=999", "station"),
    ],
)
async def test_a_wrong_filter_is_named(desk: Desk, query: str, field: str) -> None:
    answer = await desk.get(OPERATOR, f"/units?{query}")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_stations_are_listed_parents_first_within_the_subtree(desk: Desk) -> None:
    everything = [s["station_id"] for s in (await desk.get(OPERATOR, "/stations")).json()["items"]]
    assert everything == ["440100", "440106", "440106001", "440106002"]
    assert [s["station_id"] for s in (await desk.get(OFFICER, "/stations")).json()["items"]] == ["440106001"]


def fix(desk: Desk, **changes: Any) -> dict[str, Any]:
    time = desk.clock.now() + timedelta(seconds=changes.pop("after_s", 0))
    plain = {"unit_id": "u-1", "member_id": "m-2", "lon": 113.3, "lat": 23.1, "accuracy_m": 9.0}
    return {**plain, "time": time.isoformat(), **changes}


async def report(desk: Desk, *fixes: dict[str, Any], who: Principal = MEMBER, **body: Any) -> httpx.Response:
    return await desk.post(who, "/positions", {"fixes": fixes, **body})


async def test_each_fix_counts_for_itself(desk: Desk) -> None:
    await grow(desk)
    wrong = {
        "time-in-future": fix(desk, after_s=31),
        "stale": fix(desk, after_s=-601),
        "out-of-range": fix(desk, lat=-91),
        "not-your-unit": fix(desk, unit_id="u-2"),
        "not-a-member": fix(desk, member_id="m-9"),
    }
    answer = await report(desk, fix(desk), *wrong.values(), fix(desk, member_id="m-1", after_s=30))
    assert answer.status_code == 202, answer.text
    assert answer.json()["accepted"] == 2
    assert answer.json()["rejected"] == [{"index": n, "code": code} for n, code in enumerate(wrong, 1)]
    (batch,) = desk.log.batches
    assert [f.member_id for f in batch.fixes] == ["m-2", "m-1"]


async def test_nobody_learns_by_a_fix_which_units_there_are_elsewhere(desk: Desk) -> None:
    await grow(desk)
    for who, unit_id in ((MEMBER, "u-3"), (OFFICER, "u-3")):
        there = await report(desk, fix(desk, unit_id=unit_id), who=who)
        nowhere = await report(desk, fix(desk, unit_id="u-9"), who=who)
        assert there.json() == nowhere.json()
    assert nowhere.json()["rejected"] == [{"index": 0, "code": "unknown-unit"}]


async def test_fixes_are_grouped_by_station_at_most_a_thousand_a_record(desk: Desk) -> None:
    await grow(desk)
    await desk.registry.save([replace(LEADER_ENTRY, code="m-3", unit="u-3")])
    await desk.relay()
    fixes = [fix(desk)] * 2100 + [fix(desk, unit_id="u-3", member_id="m-3")]
    assert (await report(desk, *fixes, who=PARTNER)).json() == {"accepted": 2101, "rejected": []}
    assert [(b.station_id, len(b.fixes)) for b in desk.log.batches] == [
        ("440106001", 1000),
        ("440106001", 1000),
        ("440106001", 100),
        ("440106002", 1),
    ]


async def test_positions_in_gcj02_are_converted(desk: Desk) -> None:
    await report(desk, fix(desk), crs="gcj02")
    assert desk.log.batches[0].fixes[0].lon == pytest.approx(113.2948, abs=0.0003)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"time": "2026-01-01T00:00:00"}, "fixes.0.time"),
        ({"lon": "east"}, "fixes.0.lon"),
        ({"speed": 3}, "fixes.0.speed"),
        ({"member_id": None}, "fixes.0.member_id"),
    ],
)
async def test_a_batch_that_is_none_is_refused_whole(desk: Desk, changes: dict[str, Any], field: str) -> None:
    answer = await report(desk, fix(desk, **changes))
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert desk.log.batches == []


async def test_nothing_but_a_file_may_be_large(desk: Desk) -> None:
    answer = await desk.post(MEMBER, "/positions", {"fixes": [], "padding": "x" * 1_000_001})
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    answer = await upload(desk, OPERATOR, "units", b"code,name,site\n" + (b" " * 100_000 + b"\n") * 15)
    assert answer.status_code == 200, answer.text


async def upload(desk: Desk, who: Principal, kind: str, content: bytes, query: str = "") -> httpx.Response:
    files = {"file": ("file.csv", content)}
    return await desk.http.post(f"/checkin/v1/imports/{kind}{query}", files=files, headers=bearer(who))


async def test_an_import_says_what_it_did(desk: Desk) -> None:
    answer = await upload(desk, OFFICER, "units", b"code,name,site\nu-7,x,s-1\n")
    assert answer.json() == {"kind": "units", "rows": 1, "accepted": 1, "errors": [], "errors_total": 0}


async def test_a_rejected_import_names_every_cell(desk: Desk) -> None:
    content = b"code,name,site,quorum\nu-7,x,s-1,3\nu-8,x,s-9,many\n"
    answer = await upload(desk, OFFICER, "units", content)
    assert (answer.status_code, answer.json()["code"]) == (422, "import-rejected")
    assert [(e["row"], e["column"], e["code"]) for e in answer.json()["errors"]] == [(3, "quorum", "not-a-number")]
    partial = await upload(desk, OFFICER, "units", content, "?all_or_nothing=false")
    assert (partial.status_code, partial.json()["accepted"], partial.json()["errors_total"]) == (200, 1, 1)


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"PK\x03\x04nothing"])
async def test_a_file_that_is_none_is_a_problem_document(desk: Desk, content: bytes) -> None:
    answer = await upload(desk, OPERATOR, "units", content)
    assert (answer.status_code, answer.json()["code"]) == (422, "import-rejected")
    assert len(answer.json()["errors"]) == 1


async def test_only_registrars_of_the_subtree_write(desk: Desk) -> None:
    assert (await upload(desk, LEADER, "units", b"x")).status_code == 403
    elsewhere = await upload(desk, ELSEWHERE, "units", b"code,name,site\nu-1,x,s-1\n")
    assert elsewhere.json()["errors"][0]["code"] == "unknown-reference"
    gone = await desk.http.delete("/checkin/v1/registry/units/u-1", headers=bearer(ELSEWHERE))
    assert gone.status_code == 404
    used = await desk.http.delete("/checkin/v1/registry/units/u-1", headers=bearer(OFFICER))
    assert (used.status_code, used.json()["code"]) == (409, "still-used")


async def test_members_are_shown_masked_and_only_to_those_who_lead_them(desk: Desk) -> None:
    answer = await desk.get(LEADER, "/units/u-1/members")
    first = answer.json()["items"][0]
    assert (first["name"], first["phone"], first["id_number"]) == ("陈*", "100****0001", "440106********0016")
    assert (await desk.get(MEMBER, "/units/u-1/members")).status_code == 403
    assert (await desk.get(ELSEWHERE, "/units/u-1/members")).status_code == 404


async def test_one_member_is_shown_in_full_to_whoever_must_call(desk: Desk) -> None:
    for who in (OFFICER, LEADER):
        answer = await desk.get(who, "/units/u-1/members/m-1")
        assert answer.json() == {"member_id": "m-1", "name": "陈试", "phone": "10000000001", "language": "zh-CN"}
        assert answer.headers["cache-control"] == "no-store"
    assert (await desk.get(MEMBER, "/units/u-1/members/m-1")).status_code == 403
    for who, path in ((ELSEWHERE, "u-1/members/m-1"), (OFFICER, "u-1/members/nobody"), (OFFICER, "u-9/members/m-1")):
        assert (await desk.get(who, f"/units/{path}")).status_code == 404
