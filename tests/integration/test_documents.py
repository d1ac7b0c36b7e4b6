"""Schemathesis on the running system: every operation that the four documents name, by every role, over HTTP."""

import asyncio
import os
from collections.abc import Generator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import given

from deploy.local import VAR
from deploy.local.demo import load_city
from deploy.local.demo.accounts import GATEWAY, OPERATOR, display_of, principal_of
from deploy.local.demo.city import City, generate
from deploy.local.demo.client import Api
from deploy.local.demo.districts import CITY_CODE
from deploy.local.demo.logins import Administrators
from deploy.local.system import System
from shared.contracts.base import Place
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.builders.world import Things
from tests.contract.promises import PROMISES, bounded, cases, configuration
from tests.contract.rights import RIGHTS

pytestmark = pytest.mark.timeout(300)

EXAMPLES = 4
"""Cases of an operation, each sent by every role."""
STREAM = "GET /dispatch/v1/stream"
STREAMED = timedelta(seconds=2)
"""A stream ends with its token."""


@pytest.fixture(scope="module")
def city() -> City:
    return generate(seed=1, units=40)


@pytest.fixture(scope="module")
def system(city: City) -> Generator[System]:
    """With the city loaded, and its first administrators."""
    directory = VAR / "tmp" / f"documents-{os.getpid()}"

    async def begin(system: System) -> None:
        await load_city(system.base_url, system.issue, city, lambda _: None)
        link = await system.first_link()
        assert link is not None
        async with Administrators(system.base_url) as offices:
            await offices.begin(link, system.demo_password())

    with System(directory / "data", logs=directory / "log", settings={"SECOND_FACTOR": ""}, http_port=None) as running:
        asyncio.run(begin(running))
        yield running
        assert running.mend() == [], "no process ended"


@pytest.fixture(scope="module")
def callers(city: City) -> dict[Role, Principal]:
    """One of each role, of the city's first unit and of those above it."""
    first = city.units[0]
    root = f"/{CITY_CODE}"
    return {
        Role.OPERATOR: OPERATOR,
        Role.OFFICER: principal_of(city.officer_of(first.unit.station_id)),
        Role.LEADER: principal_of(first.people[0]),
        Role.MEMBER: principal_of(first.people[1]),
        Role.DISPLAY: display_of(first, first.site.posts[0]),
        Role.PARTNER: GATEWAY,
        Role.SYSTEM_ADMINISTRATOR: Principal("system-administrator", Role.SYSTEM_ADMINISTRATOR, root),
        Role.SECURITY_ADMINISTRATOR: Principal("security-administrator", Role.SECURITY_ADMINISTRATOR, root),
        Role.AUDITOR: Principal("auditor", Role.AUDITOR, root),
    }


@pytest.fixture
def things(system: System, city: City) -> Things:
    """Ids of what is there: the first unit's, and those of an incident that was reported just now."""
    first = city.units[0].unit
    incident_id, order_id = asyncio.run(_reported(system, city.units[0].site.location))
    return {
        "unit_id": first.unit_id,
        "station": first.station_id,
        "post_id": city.units[0].site.posts[0].post_id,
        "kind": "equipment",
        "code": first.equipment[0].equipment_id,
        "member_id": first.member_ids[0],
        "incident_id": incident_id,
        "aggregate_id": incident_id,
        "order_id": order_id,
        "account_id": "auditor",
    }


async def _reported(system: System, place: Place) -> tuple[str, str]:
    """An incident, and its order to the station's police."""
    async with Api(system.base_url, system.issue) as api:
        operator = api.caller(OPERATOR)
        location = {"lon": place.lon, "lat": place.lat}
        report = {"class": "public-order", "severity": "serious", "location": location}
        said = (await operator.post("/dispatch/v1/incidents", report)).body
        incident_id = said["aggregate_id"] if "aggregate_id" in said else said["incident_id"]
        while not (incident := (await operator.get(f"/dispatch/v1/incidents/{incident_id}")).body)["orders"]:
            await asyncio.sleep(0.1)
        return incident_id, incident["orders"][0]["order_id"]


def test_it_asks_for_every_operation(system: System) -> None:
    documented = {
        f"{method.upper()} {path}"
        for service in ("checkin", "dispatch", "notify", "analytics")
        for path, item in httpx.get(f"{system.base_url}/{service}/v1/openapi.json").json()["paths"].items()
        for method in item
    }
    assert documented == set(RIGHTS)


@pytest.mark.parametrize("operation", RIGHTS)
def test_the_running_system_answers_as_its_document_promises(
    operation: str, system: System, callers: dict[Role, Principal], things: Things
) -> None:
    method, path = operation.split()
    url = f"{system.base_url}/{path.split('/')[1]}/v1/openapi.json"
    document: Any = schemathesis.openapi.from_url(url, config=configuration(things))

    @bounded(EXAMPLES)
    @given(case=cases(document[path][method]))
    def ask(case: schemathesis.Case) -> None:
        for who in callers.values():
            token = system.issue(who, STREAMED) if operation == STREAM else system.issue(who)
            case.call_and_validate(
                headers={"Authorization": f"Bearer {token}"}, checks=PROMISES, timeout=30, allow_redirects=False
            )

    ask()
