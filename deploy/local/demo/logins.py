"""Accounts with passwords for the demo, made as a city's administrators would make them, over HTTP."""

from dataclasses import dataclass
from typing import Any, Self

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
    async with Administrators(base_url) as offices:
        await offices.begin(first_link, password)
        for login in logins:
            await offices.replace_password(login.login, await offices.let_in(login), password)


class Administrators:
    """The three of a new city, over HTTP. Use as an async context manager."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{base_url}/checkin/v1", timeout=30, trust_env=False)
        self._tokens: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def begin(self, first_link: str, password: str) -> None:
        """Make the three, and log in as them."""
        for one in await self._post("/first-administrators", _three(first_link.partition("#")[2])):
            account = one["account"]
            token = await self.replace_password(account["login"], one["one_time_password"], password)
            self._tokens[account["role"]] = token

    async def let_in(self, login: Login) -> str:
        """An account with its right; returns the one-time password."""
        who = login.principal
        newcomer = {"account_id": who.subject, "login": login.login, "name": login.name}
        made = await self._post("/accounts", newcomer, Role.SYSTEM_ADMINISTRATOR)
        right = {"role": who.role, "path": who.path, "station_id": who.station_id, "unit_id": who.unit_id}
        headers = self._bearer(Role.SECURITY_ADMINISTRATOR)
        answer = await self._http.put(f"/accounts/{who.subject}/right", json=right, headers=headers)
        answer.raise_for_status()
        return made["one_time_password"]

    async def replace_password(self, login: str, given: str, password: str) -> str:
        """The first login, where no second factor is asked for; returns the token."""
        body = {"login": login, "password": given, "new_password": password}
        return (await self._post("/sessions", body))["access_token"]

    async def _post(self, path: str, body: object, role: Role | None = None) -> Any:
        answer = await self._http.post(path, json=body, headers={} if role is None else self._bearer(role))
        answer.raise_for_status()
        return answer.json()

    def _bearer(self, role: Role) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[role.value]}"}


def _three(token: str) -> dict[str, object]:
    people = {
        role.value.replace("-", "_"): {"account_id": login, "login": login, "name": name}
        for role, (login, name) in ADMINISTRATORS.items()
    }
    return {"token": token, "path": f"/{CITY_CODE}", **people}
