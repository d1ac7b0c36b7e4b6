"""Incidents, from the report to the end, with units that answer, refuse, come late or say nothing."""

import asyncio
from random import Random
from typing import Any

from deploy.local.demo.accounts import OPERATOR, principal_of
from deploy.local.demo.city import City, Manned
from deploy.local.demo.districts import CITY_CODE
from deploy.local.demo.organisation import moved
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.chaos.load.answers import Answers
from tests.chaos.load.clients import Answer, Clients
from tests.chaos.load.pace import Pace

INCIDENTS = "/dispatch/v1/incidents"
CAD = Principal("cad-110", Role.PARTNER, f"/{CITY_CODE}")
CLASSES = {
    "public-order": 40,
    "serious-violence": 15,
    "accident": 15,
    "rescue": 15,
    "missing-person": 10,
    "self-harm": 5,
}
DRILLS, CANCELLED, ESCALATED, HANDED_OVER, SEEN = 0.1, 0.15, 0.1, 0.5, 0.3
LASTS_S = (15.0, 60.0)
LOOK_EVERY_S = 1.0
_CLOSED = ("incident-closed",)


class Incidents:
    """Reports one at every beat and sees it through."""

    def __init__(self, city: City, clients: Clients, answers: Answers, random: Random) -> None:
        self._city = city
        self._clients = clients
        self._answers = answers
        self._random = random
        self.open: set[str] = set()

    async def keep(self, pace: Pace) -> None:
        """Until cancelled."""
        async for _ in pace.beats():
            pace.begin(self._see_through(self._random.choice(self._city.units)))

    async def end_all(self) -> None:
        """Clear what is still open: nothing happens any more."""
        await asyncio.gather(*(self._clear(incident_id) for incident_id in sorted(self.open)))

    async def _see_through(self, near: Manned) -> None:
        incident_id = await self._report(near)
        if incident_id is None:
            return
        self.open.add(incident_id)
        random = self._random
        loop = asyncio.get_running_loop()
        until = loop.time() + random.uniform(*LASTS_S)
        extras = [
            action for action, share in ((self._escalate, ESCALATED), (self._see, SEEN)) if random.random() < share
        ]
        while loop.time() < until:
            shown = await self._clients.get(OPERATOR, f"{INCIDENTS}/{incident_id}")
            if shown.ok:
                self._answers.hear(shown.body)
            if extras and random.random() < 0.1:
                await extras.pop()(incident_id)
            await asyncio.sleep(LOOK_EVERY_S)
        if random.random() < CANCELLED:
            await self._end("cancel", incident_id, {"reason": "false-alarm"})
            return
        if random.random() < HANDED_OVER:
            await self._post("handover", incident_id, {"note": "police have the scene"})
        await self._clear(incident_id)

    async def _report(self, near: Manned) -> str | None:
        who, extra = self._reporter(near)
        at = moved(near.unit.location, self._random.uniform(-200, 200), self._random.uniform(-200, 200))
        kind = self._random.choices(list(CLASSES), list(CLASSES.values()))[0]
        body = {
            "class": kind,
            "severity": self._random.choice(("minor", "serious", "critical")),
            "location": {"lon": at.lon, "lat": at.lat, "crs": "wgs84"},
            "description": f"{kind} near {near.unit.unit_id}",
            "drill": self._random.random() < DRILLS,
            **extra,
        }
        answer = await self._clients.post("report", who, INCIDENTS, body)
        if "external_id" in body and self._random.random() < 0.5:
            await self._clients.post("report", who, INCIDENTS, body)  # the other system repeats itself, with a new key
        return _incident_of(answer)

    def _reporter(self, near: Manned) -> tuple[Principal, dict[str, Any]]:
        chance = self._random.random()
        if chance < 0.2:
            return CAD, {"external_id": f"cad-{self._random.getrandbits(48):x}"}
        if chance < 0.4:
            return principal_of(near.people[0]), {}
        return principal_of(self._city.officer_of(near.unit.station_id)), {}

    async def _escalate(self, incident_id: str) -> None:
        await self._post("escalate", incident_id, {"reason": "more-needed"})

    async def _see(self, incident_id: str) -> None:
        await self._clients.post(
            "sighting", OPERATOR, f"{INCIDENTS}/{incident_id}/sightings", {"note": "seen"}, aggregate=incident_id
        )

    async def _clear(self, incident_id: str) -> None:
        await self._end("clear", incident_id, {"outcome": "resolved", "note": ""})

    async def _end(self, op: str, incident_id: str, body: dict[str, Any]) -> None:
        answer = await self._post(op, incident_id, body)
        if answer.ok or answer.code in _CLOSED:
            self.open.discard(incident_id)

    async def _post(self, op: str, incident_id: str, body: dict[str, Any]) -> Answer:
        return await self._clients.post(op, OPERATOR, f"{INCIDENTS}/{incident_id}/{op}", body, aggregate=incident_id)


def _incident_of(answer: Answer) -> str | None:
    """Of an incident, or of a settled outcome."""
    if not answer.ok:
        return None
    return answer.body.get("incident_id") or answer.body.get("aggregate_id")
