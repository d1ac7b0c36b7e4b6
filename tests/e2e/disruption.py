"""Waiting for a moment of an incident, as an operator sees it, and then breaking something."""

import asyncio
from collections.abc import Callable

from deploy.local.demo.accounts import OPERATOR
from deploy.local.demo.client import Api, Caller
from deploy.local.system import System

LOOK_EVERY_S = 0.05
INCIDENTS = "/dispatch/v1/incidents"


async def when_an_order_is(status: str, system: System, strike: Callable[[], None], known: set[str]) -> str:
    """Strike as soon as a real incident that is not among `known` has a unit's order of that status; gives its id."""
    async with Api(system.base_url, system.issue) as api:
        operator = api.caller(OPERATOR)
        while True:
            for incident_id in await incidents(operator) - known:
                orders = (await operator.get(f"{INCIDENTS}/{incident_id}")).body["orders"]
                if any(order["assignee_kind"] == "unit" and order["status"] == status for order in orders):
                    await asyncio.to_thread(strike)
                    return incident_id
            await asyncio.sleep(LOOK_EVERY_S)


async def incidents(operator: Caller) -> set[str]:
    """The real incidents that are known now."""
    return {item["incident_id"] async for item in operator.each(INCIDENTS, drill=False)}


async def mend(system: System) -> None:
    """Start again what has ended, as `meu` does, until cancelled."""
    while True:
        await asyncio.sleep(0.5)
        await asyncio.to_thread(system.mend)
