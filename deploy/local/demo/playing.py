"""Playing one scenario on a running system: all is done over HTTP, and what must happen is waited for."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from deploy.local.demo.cast import Cast
from deploy.local.demo.checks import Checklist
from deploy.local.demo.phones import ACCURACY_M
from deploy.local.demo.scenario_data import Clear, Count, HandOver, LateAnswer, Scenario, Sighting, Step, Told, Within
from deploy.local.demo.topic_watch import TopicWatch
from shared.platform.clock import SystemClock

READY_WITHIN_S = 60.0
HEARD_WITHIN_S = 180.0  # after a city was loaded, its 27,000 people must have reached every service
_LOOK_EVERY_S = 0.1
_INCIDENTS = "/dispatch/v1/incidents"


@dataclass
class Play:
    """A scenario, the people in it, and what is seen of it. `factor` scales the playbook's times."""

    scenario: Scenario
    cast: Cast
    watch: TopicWatch
    factor: float
    checks: Checklist
    incident_id: str = ""
    drill_id: str = ""
    began: datetime = field(default_factory=SystemClock().now)

    async def run(self) -> None:
        """From the report to the end. What does not happen in time is noted, and the story goes on."""
        if self.scenario.drill_before is not None:
            self.drill_id = await self._report(drill=True)
            unit = self.scenario.drill_before.unit
            await self._until(
                f"{unit} takes part in a drill",
                lambda: unit in self.units("order-acknowledged", self.drill_id),
                READY_WITHIN_S,
            )
        self.incident_id = await self._report(drill=False)
        for step in self.scenario.story:
            await self._take(step)
        if self.drill_id:
            cancel = {"reason": "real-incident"}
            await self.cast.officer.post(f"{_INCIDENTS}/{self.drill_id}/cancel", cancel)

    async def rehearse(self) -> None:
        """A drill that ends as soon as its order is heard: then whoever follows the registry has all of it."""
        drill_id = await self._report(drill=True)
        responders = self.cast.responders.values()

        def heard() -> bool:
            return any(m["incident_id"] == drill_id for r in responders for m in r.listener.messages.values())

        await self._until("a drill's order is heard", heard, HEARD_WITHIN_S)
        await self.cast.officer.post(f"{_INCIDENTS}/{drill_id}/cancel", {"reason": "rehearsed"})

    def units(self, kind: str, incident_id: str | None = None) -> list[str]:
        """Units that events of this kind are about, each once, in order."""
        events = self.watch.events(incident_id or self.incident_id, kind)
        return list(dict.fromkeys(e.body["assignee_id"] for e in events if e.body["assignee_kind"] == "unit"))

    async def _report(self, *, drill: bool) -> str:
        report = self.scenario.report
        body = {
            "class": report.incident_class.value,
            "severity": report.severity.value,
            "location": {"lon": self.cast.scene.lon, "lat": self.cast.scene.lat, "crs": "wgs84"},
            "description": report.description,
            "photo_url": report.photo_url,
            "source": {"kind": "station", "id": self.cast.station_id},
            "drill": drill,
        }
        answer = await self.cast.officer.post(_INCIDENTS, body)
        return answer.body["aggregate_id" if answer.was_pending else "incident_id"]

    async def _take(self, step: Step) -> None:
        match step:
            case Step(acknowledged=Count() as wanted):
                await self._until_units("acknowledge", "order-acknowledged", wanted)
            case Step(arrived=Count() as wanted):
                await self._until_units("arrive", "assignee-arrived", wanted)
            case Step(police_arrived=Within() as wanted):
                await self._until("the police arrive", self._police_are_there, wanted.within_s * self.factor)
            case Step(told=Told() as told):
                what = f"{told.unit} is told: {told.purpose}"
                await self._until(what, lambda: self._is_told(told), told.within_s * self.factor)
            case Step(answered_late=LateAnswer() as late):
                refusals = self.cast.responders[late.unit].refusals
                what = f"{late.unit} answers too late and is refused"
                await self._until(what, lambda: "order-not-open" in refusals, late.within_s * self.factor)
            case Step(sighting=Sighting() as sighting):
                await self._see(sighting)
            case Step(hand_over=HandOver() as hand_over):
                body = {"to": self.cast.station_id, "note": hand_over.note}
                await self.cast.officer.post(f"{_INCIDENTS}/{self.incident_id}/handover", body)
            case Step(clear=Clear() as clear):
                body = {"outcome": clear.outcome, "note": clear.note}
                await self.cast.officer.post(f"{_INCIDENTS}/{self.incident_id}/clear", body)
            case _:
                raise NotImplementedError(step)

    async def _see(self, sighting: Sighting) -> None:
        phone = self.cast.responders[sighting.unit].crew.phones[sighting.person - 1]
        location = {"lon": phone.place.lon, "lat": phone.place.lat, "accuracy_m": ACCURACY_M, "crs": "wgs84"}
        body = {"location": location, "note": sighting.note}
        await phone.caller.post(f"{_INCIDENTS}/{self.incident_id}/sightings", body)

    async def _until_units(self, verb: str, kind: str, wanted: Count) -> None:
        def enough() -> bool:
            return len(self.units(kind)) >= wanted.units

        await self._until(f"{wanted.units} units {verb}", enough, wanted.within_s * self.factor)

    def _police_are_there(self) -> bool:
        events = self.watch.events(self.incident_id, "assignee-arrived")
        return any(event.body["assignee_kind"] == "police" for event in events)

    def _is_told(self, told: Told) -> bool:
        messages = self.cast.responders[told.unit].listener.messages.values()
        return any(m["incident_id"] == self.incident_id and m["purpose"] == told.purpose for m in messages)

    async def _until(self, what: str, condition: Callable[[], bool], within_s: float) -> None:
        """Wait for a condition at most so long, counted from now, and note whether it came."""
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > within_s:
                self.checks.at_most(what, within_s, None)
                return
            await asyncio.sleep(_LOOK_EVERY_S)
        self.checks.at_most(what, within_s, time.monotonic() - began)
