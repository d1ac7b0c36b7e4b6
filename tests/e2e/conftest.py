"""The whole system as `meu demo` runs it, with a small city: real servers, real processes, shared by all e2e tests."""

import asyncio
import os
import shutil
from collections.abc import Generator

import pytest

from deploy.local import VAR
from deploy.local.demo import load_city
from deploy.local.demo.city import City, generate
from deploy.local.demo.logins import Administrators, demo_logins
from deploy.local.system import System

TIME_FACTOR = 1.0
"""A worker that is killed is back within some 15 s; playbooks at their own times bear that, as they must in life."""


@pytest.fixture(scope="package")
def city() -> City:
    return generate(seed=1, units=60)


@pytest.fixture(scope="package")
def given_passwords(system: System, city: City) -> dict[str, str]:
    """The demo's people have accounts, and have not logged in yet: by login, the password that each was given."""

    async def let_in() -> dict[str, str]:
        link = await system.first_link()
        assert link is not None
        async with Administrators(system.base_url) as offices:
            await offices.begin(link, system.demo_password())
            return {login.login: await offices.let_in(login) for login in demo_logins(city)}

    return asyncio.run(let_in())


@pytest.fixture(scope="package")
def system(city: City) -> Generator[System]:
    """Started with the city loaded. Units need no rest, so that scenarios may follow one another at once."""
    directory = VAR / "tmp" / f"e2e-{os.getpid()}"
    settings = {"PLAYBOOK_TIME_FACTOR": str(TIME_FACTOR), "REST_AFTER_S": "0", "SECOND_FACTOR": "officer"}
    with System(directory / "data", logs=directory / "log", settings=settings, http_port=None) as running:
        asyncio.run(load_city(running.base_url, running.issue, city, lambda _: None))
        yield running
    shutil.rmtree(directory, ignore_errors=True)
