"""People who do what their phones tell them, each in their manner."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from deploy.local.demo.client import ApiProblem
from deploy.local.demo.phones import ACCURACY_M, Crew, Phone
from deploy.local.demo.scenario_data import Manner
from shared.contracts.base import Place

WAIT_S = 10  # for news, in one request
INBOX_MAX = 100
PACE = 0.1
"""People in a demo are ten times as quick as in life. Who answers too late must wait the system's own times."""
RIDE_M_S = 8.0  # metres a second on the electric motorcycles that units patrol with
_OVER = ("order-not-open", "incident-closed", "incident-handed-over", "already-arrived")


@dataclass(frozen=True, slots=True)
class Answering:
    """How somebody answers orders. `after_s` in seconds of the scenario; `factor` is the system's."""

    manner: Manner
    after_s: float
    factor: float


class Listener:
    """Waits at one inbox, acknowledges what is new there, and keeps it."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.messages: dict[str, dict[str, Any]] = {}
        self._etag: str | None = None

    async def news(self) -> list[dict[str, Any]]:
        """Messages not seen before; none when nothing came for a while."""
        answer = await self.phone.caller.get("/notify/v1/inbox", known=self._etag, wait=WAIT_S, limit=INBOX_MAX)
        if answer.status == 304:
            return []
        self._etag = answer.etag
        items = answer.body["items"]
        fresh = [item for item in items if item["id"] not in self.messages and item["acknowledged_at"] is None]
        self.messages.update((item["id"], item) for item in fresh)
        for item in fresh:
            await unless_over(self.phone.caller.post(f"/notify/v1/inbox/{item['id']}/acknowledge"))
        return fresh


class Responder:
    """The lead of a crew on duty: answers orders for the unit, and takes the crew to the scene."""

    def __init__(self, crew: Crew, answering: Answering) -> None:
        self.crew = crew
        self.listener = Listener(crew.lead)
        self.refusals: list[tuple[str, str]] = []
        """Incidents, and codes with which the system refused an answer there."""
        self._answering = answering
        self._answered: set[str] = set()

    async def run(self) -> None:
        """Listen and answer until cancelled."""
        async with asyncio.TaskGroup() as work:
            while True:
                for item in await self.listener.news():
                    order_id = str(item.get("order_id"))
                    if item["purpose"] == "order" and order_id not in self._answered:
                        self._answered.add(order_id)
                        work.create_task(self._answer(item))

    async def _answer(self, item: dict[str, Any]) -> None:
        order = f"/dispatch/v1/incidents/{item['incident_id']}/orders/{item['order_id']}"
        manner = self._answering
        await asyncio.sleep(manner.after_s * (manner.factor if manner.manner == "late" else PACE))
        caller = self.crew.lead.caller
        match manner.manner:
            case "silent":
                return
            case "refuses":
                await self._say(item, caller.post(f"{order}/decline", {"reason": "busy"}))
            case "answers" | "late":
                if await self._say(item, caller.post(f"{order}/acknowledge", {})):
                    await self._go(item, order)

    async def _go(self, item: dict[str, Any], order: str) -> None:
        incident = (await self.crew.lead.caller.get(f"/dispatch/v1/incidents/{item['incident_id']}")).body
        scene = Place.model_validate(incident["location"])
        await self.crew.walk_to(scene, RIDE_M_S / PACE)
        await self._say(item, self.crew.lead.caller.post(f"{order}/arrive", arrival(self.crew.lead.place)))

    async def _say(self, item: dict[str, Any], request: Coroutine[Any, Any, Any]) -> bool:
        refusal = await unless_over(request)
        if refusal is not None:
            self.refusals.append((item["incident_id"], refusal))
        return refusal is None


def arrival(place: Place) -> dict[str, Any]:
    """The body of an arrival at `place`."""
    location = {"lon": place.lon, "lat": place.lat, "accuracy_m": ACCURACY_M, "crs": "wgs84"}
    return {"location": location}


async def unless_over(request: Coroutine[Any, Any, Any]) -> str | None:
    """None when it was taken, else why it was too late. Other refusals are faults of this program."""
    try:
        await request
    except ApiProblem as problem:
        if problem.code in _OVER:
            return problem.code
        raise
    return None
