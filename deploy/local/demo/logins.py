"""Accounts with passwords for the demo, made as a city's administrators would make them, over HTTP."""

from dataclasses import dataclass
from typing import Any

import httpx

from deploy.local.demo.accounts import OPERATOR, principal_of
from deploy.local.demo.city import City
from deploy.local.demo.districts import CITY_CODE
from deploy.local.demo.people import Person
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role

ADMINISTRATORS = {
    Role.SYSTEM_ADMINISTRATOR: ("sysadmin", "系统管理员"),
    Role.SECURITY_ADMINISTRATOR: ("secadmin", "安全管理员"),
    Role.AUDITOR: ("auditor", "审计员"),
}


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody of the demo who may log in."""

    login: str
    name: str
    principal: Principal


def demo_logins(city: City) -> list[Login]:
    """One account of each kind; officers of a station and of the district it belongs to."""
    first = city.units[0]
    station = city.station_by_id[first.unit.station_id]
    officers = [city.officer_of(station.station_id), city.officer_of(station.parent_id or CITY_CODE)]
    return [
        Login("operator", "市局值班员", OPERATOR),
        *(_login(name, person) for name, person in zip(("station", "district"), officers, strict=True)),
        _login("leader", first.people[0]),
        _login("member", first.people[1]),
    ]


def _login(login: str, person: Person) -> Login:
    return Login(login, person.name, principal_of(person))


async def make_logins(base_url: str, first_link: str | None, password: str, logins: list[Login]) -> None:
    """All of them, with this password. `first_link` None: an earlier start of the demo has made them."""
    if first_link is None:
        return
    async with httpx.AsyncClient(base_url=f"{base_url}/checkin/v1", timeout=30) as http:
        given = await _post(http, "/first-administrators", _three(first_link.partition("#")[2]))
        tokens = {
            one["account"]["role"]: await _first_login(
                http, one["account"]["login"], one["one_time_password"], password
            )
            for one in given
        }
        keeper, guard = tokens[Role.SYSTEM_ADMINISTRATOR], tokens[Role.SECURITY_ADMINISTRATOR]
        for login in logins:
            await _make(http, keeper, guard, login, password)


async def _make(http: httpx.AsyncClient, keeper: str, guard: str, login: Login, password: str) -> None:
    who = login.principal
    newcomer = {"account_id": who.subject, "login": login.login, "name": login.name}
    made = await _post(http, "/accounts", newcomer, keeper)
    right = {"role": who.role, "path": who.path, "station_id": who.station_id, "unit_id": who.unit_id}
    answer = await http.put(f"/accounts/{who.subject}/right", json=right, headers=_bearer(guard))
    answer.raise_for_status()
    await _first_login(http, login.login, made["one_time_password"], password)


async def _first_login(http: httpx.AsyncClient, login: str, given: str, password: str) -> str:
    answer = await _post(http, "/sessions", {"login": login, "password": given, "new_password": password})
    return answer["access_token"]


async def _post(http: httpx.AsyncClient, path: str, body: object, token: str | None = None) -> Any:
    answer = await http.post(path, json=body, headers={} if token is None else _bearer(token))
    answer.raise_for_status()
    return answer.json()


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _three(token: str) -> dict[str, object]:
    people = {
        role.value.replace("-", "_"): {"account_id": login, "login": login, "name": name}
        for role, (login, name) in ADMINISTRATORS.items()
    }
    return {"token": token, "path": f"/{CITY_CODE}", **people}
