"""Units and police that are ordered somewhere: each unit in its own manner, the same all day."""

import asyncio
import hashlib
from random import Random
from typing import Any

from deploy.local.demo.accounts import principal_of
from deploy.local.demo.city import City
from shared.platform.web.tokens import Principal
from tests.chaos.load.clients import Clients

MANNERS = (("answers", 0.55), ("refuses", 0.7), ("late", 0.85), ("silent", 1.0))
QUICK_S, LATE_S, WAY_S = (0.5, 3.0), (5.0, 12.0), (1.0, 8.0)
"""Until somebody answers, answers after the silence has been noticed, and is there."""
TOLD_WITHIN_S = 3.0


class Answers:
    """Hears of orders, and answers each once."""

    def __init__(self, city: City, clients: Clients, random: Random) -> None:
        self._city = city
        self._clients = clients
        self._random = random
        self._heard: set[str] = set()
        self._answering: set[asyncio.Task[None]] = set()

    def hear(self, incident: dict[str, Any]) -> None:
        """See to the orders of an incident that were not met before."""
        for order in incident["orders"]:
            if order["order_id"] not in self._heard and order["status"] == "issued":
                self._heard.add(order["order_id"])
                task = asyncio.create_task(self._see_to(incident, order))
                self._answering.add(task)
                task.add_done_callback(self._answering.discard)

    async def finish(self) -> None:
        """Wait for those under way."""
        await asyncio.gather(*self._answering, return_exceptions=True)

    async def _see_to(self, incident: dict[str, Any], order: dict[str, Any]) -> None:
        manner = "answers" if order["assignee_kind"] == "police" else manner_of(order["assignee_id"])
        who = self._speaker(order)
        path = f"/dispatch/v1/incidents/{incident['incident_id']}/orders/{order['order_id']}"
        if manner == "silent" or who is None:
            return
        await self._read(who, order["order_id"])
        await asyncio.sleep(self._random.uniform(*(LATE_S if manner == "late" else QUICK_S)))
        if manner == "refuses":
            await self._post("decline", who, path, {"reason": "busy"}, incident)
            return
        taken = await self._post("acknowledge", who, path, {}, incident)
        if taken:
            await asyncio.sleep(self._random.uniform(*WAY_S))
            at = {**incident["location"], "accuracy_m": 10.0, "crs": "wgs84"}
            await self._post("arrive", who, path, {"location": at}, incident)

    async def _post(self, op: str, who: Principal, path: str, body: Any, incident: dict[str, Any]) -> bool:
        answer = await self._clients.post(op, who, f"{path}/{op}", body, aggregate=incident["incident_id"])
        return answer.ok

    async def _read(self, who: Principal, order_id: str) -> None:
        """Wait a little for the message on the phone, and say that it was read."""
        loop = asyncio.get_running_loop()
        until = loop.time() + TOLD_WITHIN_S
        while loop.time() < until:
            inbox = await self._clients.get(who, "/notify/v1/inbox", {"limit": "20"})
            for item in inbox.body["items"] if inbox.ok else ():
                if item["order_id"] == order_id and item["purpose"] == "order":
                    await self._clients.post(
                        "read", who, f"/notify/v1/inbox/{item['id']}/acknowledge", aggregate=item["id"]
                    )
                    return
            await asyncio.sleep(0.3)

    def _speaker(self, order: dict[str, Any]) -> Principal | None:
        if order["assignee_kind"] == "police":
            return principal_of(self._city.officer_of(order["assignee_id"]))
        manned = self._city.unit_by_id.get(order["assignee_id"])
        return None if manned is None else principal_of(manned.people[0])


def manner_of(unit_id: str) -> str:
    """How this unit answers, whatever happens."""
    chance = int(hashlib.sha256(unit_id.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
    return next(manner for manner, up_to in MANNERS if chance <= up_to)
