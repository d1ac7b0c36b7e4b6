"""Playing one scenario on a running system: all is done over HTTP, and what must happen is waited for."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from deploy.local.demo.cast import Cast
from deploy.local.demo.checks import Checklist
from deploy.local.demo.phones import ACCURACY_M
from deploy.local.demo.scenario_data import Clear, Count, HandOver, LateAnswer, Scenario, Sighting, Step, Told, Within
from deploy.local.demo.topic_watch import TopicWatch
from shared.platform.clock import SystemClock

READY_WITHIN_S = 60.0
AT_ONCE_S = 2.0
SETTLED_WITHIN_S = 300.0  # the 27,000 people of a city that was just loaded must reach every service
LOOK_AGAIN_S = 5.0
"""How long a drill is put off that would disturb units at rest."""
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
        """Drills, each until its order is heard, until one is heard at once and by whom the story wants: then every
        service knows the registry, and nobody in it rests from a play just before.
        """
        began = time.monotonic()
        while True:
            drill_id, heard_s = await self._drill()
            settled_s = time.monotonic() - began
            somebody_rests = self._somebody_rests(drill_id)
            if (heard_s < AT_ONCE_S and not somebody_rests) or settled_s > SETTLED_WITHIN_S:
                break
            if somebody_rests:
                await asyncio.sleep(LOOK_AGAIN_S)
        self.checks.at_most("time until the system has settled", SETTLED_WITHIN_S, settled_s)

    async def _drill(self) -> tuple[str, float]:
        """A drill, and the seconds until its order is heard by somebody. Ends when everybody has been stood down."""
        drill_id = await self._report(drill=True)
        heard_s = await _seconds_until(lambda: bool(self._told(drill_id, "order")), SETTLED_WITHIN_S)
        await self.cast.officer.post(f"{_INCIDENTS}/{drill_id}/cancel", {"reason": "rehearsed"})
        await _seconds_until(lambda: bool(self.watch.events(drill_id, "incident-cancelled")), SETTLED_WITHIN_S)
        ordered = set(self.units("order-withdrawn", drill_id))
        await _seconds_until(lambda: ordered <= self._told(drill_id, "stand-down"), SETTLED_WITHIN_S)
        return drill_id, heard_s

    def _somebody_rests(self, incident_id: str) -> bool:
        """Whether the matcher passed somebody of the cast over because they were at a scene just before."""
        considered = self.watch.events(incident_id, "units-considered")
        candidates = (candidate for event in considered for candidate in event.body["candidates"])
        return any("resting" in c["reasons"] and c["unit_id"] in self.cast.responders for c in candidates)

    def _told(self, incident_id: str, purpose: str) -> set[str]:
        """Units whose lead has such a message."""
        return {
            unit_id
            for unit_id, responder in self.cast.responders.items()
            for message in responder.listener.messages.values()
            if message["incident_id"] == incident_id and message["purpose"] == purpose
        }

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
                heard = partial(self._told, self.incident_id, told.purpose)
                await self._until(what, lambda: told.unit in heard(), told.within_s * self.factor)
            case Step(answered_late=LateAnswer() as late):
                refusals = self.cast.responders[late.unit].refusals
                what = f"{late.unit} answers too late and is refused"
                refusal = (self.incident_id, "order-not-open")
                await self._until(what, lambda: refusal in refusals, late.within_s * self.factor)
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

    async def _until(self, what: str, condition: Callable[[], bool], within_s: float) -> None:
        """Wait for a condition at most so long, counted from now, and note whether it came."""
        seconds = await _seconds_until(condition, within_s)
        self.checks.at_most(what, within_s, seconds if condition() else None)


async def _seconds_until(condition: Callable[[], bool], within_s: float) -> float:
    """How long it took until a condition held; after `within_s` it is given up."""
    began = time.monotonic()
    while True:
        seconds = time.monotonic() - began
        if condition() or seconds >= within_s:
            return seconds
        await asyncio.sleep(_LOOK_EVERY_S)
