"""The names of those who acted, over HTTP: every kind of id, from every place."""

from dataclasses import replace

import httpx
import pytest

from services.checkin.domain.accounts import Account, Credentials, Right
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.component.checkin.conftest import ELSEWHERE, OFFICER, OPERATOR, Desk
from tests.conformance.checkin.city import CITY_PATH, DISTRICT_PATH, LEADER, MEMBER, OTHER_STATION, STATION_PATH
from tests.conformance.checkin.city import OFFICER as REGISTERED_OFFICER

CREDENTIALS = Credentials("hash", one_time_until=None)
DISTRICT = Principal("district", Role.OFFICER, DISTRICT_PATH)
OTHER_CITY = Principal("operator-sz", Role.OPERATOR, "/440300")
UUID = "0b0c7a52-7f3e-4b1e-9a54-2f4d3c1b5a69"


def account(account_id: str, name: str, role: Role, path: str, unit_id: str | None = None) -> Account:
    station = path.rpartition("/")[2] if role is Role.OFFICER else None
    return Account(account_id, account_id, name, Right(role, path, station, unit_id))


ACCOUNTS = [
    account(UUID, "周所长", Role.OFFICER, STATION_PATH),
    account("officer-next", "郑邻", Role.OFFICER, OTHER_STATION.path),
    account("officer-district", "冯分局", Role.OFFICER, DISTRICT_PATH),
    account("operator-city", "卫市局", Role.OPERATOR, CITY_PATH),
    account("operator-other", "蒋外市", Role.OPERATOR, "/440300"),
    account("guard-by-account", "沈卫", Role.MEMBER, STATION_PATH, "u-1"),
    account("guard-above", "韩上", Role.MEMBER, DISTRICT_PATH, "u-9"),
    account("keeper", "杨系统", Role.SYSTEM_ADMINISTRATOR, CITY_PATH),
    account("guard-of-rights", "朱安全", Role.SECURITY_ADMINISTRATOR, CITY_PATH),
    account("auditor", "秦审计", Role.AUDITOR, STATION_PATH),
    Account("without-right", "without-right", "尤无权", None),
]
OFFICES = {UUID: "周所长", "officer-district": "冯分局", "operator-city": "卫市局", "o-1": REGISTERED_OFFICER.name}
CREW = {"m-1": "陈*", "m-2": "李*", "guard-by-account": "沈*"}
NOBODY = ["clock", "matcher", "cad-110", "440106001", "no-such"]


@pytest.fixture
async def city(desk: Desk) -> Desk:
    for each in ACCOUNTS:
        await desk.accounts.add(each, CREDENTIALS)
    return desk


async def ask(desk: Desk, who: Principal, *ids: str) -> httpx.Response:
    return await desk.get(who, "/names?" + "&".join(f"id={id_}" for id_ in ids))


async def names(desk: Desk, who: Principal, *ids: str) -> dict[str, str]:
    answer = await ask(desk, who, *ids)
    assert answer.status_code == 200, answer.text
    return {item["id"]: item["name"] for item in answer.json()["items"]}


EVERYBODY = [*(each.account_id for each in ACCOUNTS), "m-1", "m-2", "o-1", *NOBODY]


@pytest.mark.parametrize(
    ("who", "known"),
    [
        (OFFICER, {**OFFICES, **CREW}),
        (DISTRICT, {**OFFICES, **CREW, "officer-next": "郑邻", "guard-above": "韩*"}),
        (OPERATOR, {**OFFICES, **CREW, "officer-next": "郑邻", "guard-above": "韩*"}),
        (ELSEWHERE, {"officer-next": "郑邻", "officer-district": "冯分局", "operator-city": "卫市局"}),
        (OTHER_CITY, {"operator-other": "蒋外市"}),
    ],
    ids=["station", "district above", "city above", "neighbour", "another city"],
)
async def test_each_place_knows_its_own_and_its_chain_of_command(
    city: Desk, who: Principal, known: dict[str, str]
) -> None:
    assert await names(city, who, *EVERYBODY) == known


async def test_an_answer_says_where_somebody_belongs_and_is_kept_nowhere(city: Desk) -> None:
    answer = await ask(city, OFFICER, "m-1", UUID)
    assert answer.json() == {
        "items": [
            {"id": "m-1", "name": "陈*", "role": "leader", "unit_id": "u-1", "station_id": "440106001"},
            {"id": UUID, "name": "周所长", "role": "officer", "unit_id": None, "station_id": "440106001"},
        ]
    }
    assert answer.headers["cache-control"] == "no-store"


async def test_who_may_not_be_known_is_missing_as_nobody_is(city: Desk) -> None:
    for foreign in ("operator-other", "officer-next", "auditor", "without-right"):
        hidden, absent = await ask(city, OFFICER, foreign), await ask(city, OFFICER, "no-such")
        assert (hidden.status_code, hidden.text) == (absent.status_code, absent.text) == (200, '{"items":[]}')


async def test_who_has_an_account_and_is_registered_acted_as_the_account_says(city: Desk) -> None:
    await city.accounts.add(account("m-1", "陈试民警", Role.OFFICER, STATION_PATH), CREDENTIALS)
    assert await names(city, OFFICER, "m-1") == {"m-1": "陈试民警"}


async def test_a_registered_person_keeps_the_name_without_a_right_and_when_no_longer_active(city: Desk) -> None:
    await city.accounts.add(account("m-2", "李验", Role.MEMBER, STATION_PATH, "u-1"), CREDENTIALS)
    await city.accounts.set_right("m-2", None)
    await city.registry.save([replace(MEMBER, active=False)])
    assert await names(city, OFFICER, "m-2") == {"m-2": "李*"}


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "=cmd|'/c calc'!A1",
    "\u202eexe.\u2066陈",
    "陈\x00明",
    "x" * 200,
    "陈\U0001f600",
    "张",
]


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_name_is_told_as_the_text_that_it_is(city: Desk, name: str) -> None:
    await city.accounts.add(account("hostile", name, Role.OFFICER, STATION_PATH), CREDENTIALS)
    await city.registry.save([replace(LEADER, name=name)])
    told = await names(city, OFFICER, "hostile", "m-1")
    assert told["hostile"] == name
    assert told["m-1"] == name[0] + "*" * (len(name) - 1)


@pytest.mark.parametrize(
    "query", ["", "id=", "id=a%20b", "id=%00", f"id={'a' * 81}", "&".join(f"id=m-{n}" for n in range(51))]
)
async def test_none_too_many_and_what_is_no_id_are_refused_and_nobody_is_seen(city: Desk, query: str) -> None:
    answer = await city.get(OFFICER, f"/names?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert city.audit.actions == []


async def test_all_of_fifty_are_on_record_in_as_many_records_as_it_takes(city: Desk) -> None:
    ids = [f"m-{n}-{'x' * 70}" for n in range(50)]
    for id_ in ids:
        await city.accounts.add(account(id_, "某", Role.OFFICER, STATION_PATH), CREDENTIALS)
    assert list(await names(city, OFFICER, *ids)) == ids
    actions = city.audit.actions
    assert {(action.actor_id, action.action, action.path) for action in actions} == {
        ("o-1", "names-seen", STATION_PATH)
    }
    assert [id_ for action in actions for id_ in action.about.split()] == ids
    assert max(len(action.about) for action in actions) <= 200
