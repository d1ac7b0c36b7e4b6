"""Every operation of the four services is asked for by every role from every place, on the real apps."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.builders.callers import Where, caller
from tests.builders.world import World
from tests.builders.worlds import WORLDS
from tests.component.asked_for import ASKED, Asked
from tests.contract.rights import CELLS, RIGHTS, ROLES
from tests.fakes.keys import bearer, token_for

EVERYWHERE = frozenset(Where)
ALLOWED: dict[str, frozenset[Where]] = {
    "public": EVERYWHERE,
    "yes": EVERYWHERE,
    "told": EVERYWHERE,
    "subtree": EVERYWHERE - {Where.FOREIGN},
    **dict.fromkeys(("unit", "ordered", "reported", "own"), frozenset({Where.OWN})),
}
"""From where a cell lets ask."""
PLAIN = [Asked()]
OF_EACH_ANSWER = {"x-correlation-id", "content-length"}


@dataclass(frozen=True)
class Desk:
    """Where one operation is asked for."""

    operation: str
    world: World
    http: httpx.AsyncClient

    async def ask(
        self, asked: Asked, who: Principal, *, absent: bool = False, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """For what is there, or else for what is `absent`. Nothing is changed by it for the next one."""
        method, path = self.operation.split()
        things = self.world.absent if absent else self.world.own
        named = {name: text.format_map(things) for name, text in asked.path.items()}
        request = dict(asked.request(things, who))
        request["headers"] = request.get("headers", {}) | (bearer(who) if headers is None else headers)
        answer = await self.http.request(method, path.format_map({**things, **named}), **request)
        await self.world.put_back()
        return answer

    def told(self, answer: httpx.Response) -> tuple[int, dict[str, str], str]:
        """All that an answer tells its reader, whatever the id asked for was."""
        return (
            answer.status_code,
            {name: self._without_ids(value) for name, value in answer.headers.items() if name not in OF_EACH_ANSWER},
            self._without_ids(answer.text.replace(answer.headers["x-correlation-id"], "")),
        )

    def _without_ids(self, text: str) -> str:
        for name, own in self.world.own.items():
            absent = self.world.absent[name]
            if own != absent:
                text = text.replace(own, name).replace(absent, name)
        return text


@asynccontextmanager
async def desk_of(operation: str) -> AsyncGenerator[Desk]:
    async with WORLDS[service_of(operation)]() as world, world.client() as http:
        yield Desk(operation, world, http)


def service_of(operation: str) -> str:
    return operation.split("/")[1]


def documented(app: FastAPI) -> set[str]:
    return {f"{method.upper()} {path}" for path, item in app.openapi()["paths"].items() for method in item}


def test_every_role_has_a_column_and_every_cell_is_a_known_one() -> None:
    assert set(ROLES) == set(Role)
    assert {cell for row in RIGHTS.values() for cell in row.values()} <= CELLS == {*ALLOWED, "-"}


@pytest.mark.parametrize("service", WORLDS)
async def test_every_operation_has_a_row_and_every_row_an_operation(service: str) -> None:
    async with WORLDS[service]() as world:
        assert documented(world.app) == {operation for operation in RIGHTS if service_of(operation) == service}


@pytest.mark.parametrize("service", WORLDS)
async def test_nothing_is_served_beside_them_but_health_and_the_document(service: str) -> None:
    async with WORLDS[service]() as world:
        served = {getattr(route, "path", repr(route)) for route in iter_route_contexts(world.app.routes)}
        beside = {"/livez", "/readyz", "/metrics", f"/{service}/v1/openapi.json"}
        assert served - beside == {operation.split()[1] for operation in documented(world.app)}


@pytest.mark.parametrize("operation", RIGHTS)
async def test_who_may_do_what(operation: str) -> None:
    async with desk_of(operation) as desk:
        faults = {
            f"{role} {where}": fault
            for asked in ASKED.get(operation, PLAIN)
            for role in ROLES
            for where in Where
            if (fault := await fault_of(desk, asked, RIGHTS[operation][role], role, where)) is not None
        }
    assert faults == {}


async def fault_of(desk: Desk, asked: Asked, cell: str, role: Role, where: Where) -> str | None:
    """What is wrong with the answer to this caller; None when it is as the cell says."""
    who = caller(role, where)
    answer = await desk.ask(asked, who)
    said = f"{answer.status_code} {answer.text[:300]}"
    if cell == "-" or role in asked.forbidden:
        is_forbidden = (answer.status_code, answer.json().get("code")) == (403, "forbidden")
        return None if is_forbidden else f"should be forbidden: {said}"
    is_allowed = where in ALLOWED[asked.cell or cell]
    if asked.lists is not None:
        is_shown = desk.world.own[asked.lists] in answer.text
        return None if answer.is_success and is_shown is is_allowed else f"is shown: {is_shown}; {said}"
    if is_allowed and not lets_in(asked, answer):
        return f"should be allowed: {said}"
    is_as_absent = desk.told(answer) == desk.told(await desk.ask(asked, who, absent=True))
    names_nothing = cell in ("yes", "public")
    return None if names_nothing or is_as_absent is not is_allowed else f"as if absent: {is_as_absent}; {said}"


def lets_in(asked: Asked, answer: httpx.Response) -> bool:
    return answer.is_success if asked.comes_to is None else answer.json()["code"] == asked.comes_to


OPERATOR = caller(Role.OPERATOR, Where.OWN)
EXPIRED = {"Authorization": f"Bearer {token_for(OPERATOR, timedelta(seconds=-1))}"}
PUBLIC = [operation for operation, row in RIGHTS.items() if set(row.values()) == {"public"}]


@pytest.mark.parametrize("operation", [operation for operation in RIGHTS if operation not in PUBLIC])
async def test_nobody_does_anything_without_a_token_that_is_good(operation: str) -> None:
    async with desk_of(operation) as desk:
        for asked in ASKED.get(operation, PLAIN):
            for headers, code in (({}, "unauthenticated"), (EXPIRED, "token-expired")):
                answer = await desk.ask(asked, OPERATOR, headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (401, code)
                assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("operation", PUBLIC)
@pytest.mark.parametrize("headers", [{}, EXPIRED], ids=["without", "expired"])
async def test_who_comes_for_a_token_needs_none(operation: str, headers: dict[str, str]) -> None:
    async with desk_of(operation) as desk:
        for asked in ASKED.get(operation, PLAIN):
            assert lets_in(asked, await desk.ask(asked, OPERATOR, headers=headers))
