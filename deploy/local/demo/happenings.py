"""Something happens somewhere: a station reports it, who is near and on duty answers, the police come, it is over."""

import asyncio
import time
from random import Random

from deploy.local.demo.accounts import principal_of
from deploy.local.demo.cast import PoliceCar
from deploy.local.demo.city import City
from deploy.local.demo.client import Api, Caller
from deploy.local.demo.life_stats import LifeStats
from deploy.local.demo.organisation import moved
from deploy.local.demo.phones import Crew, Phone, away_m
from deploy.local.demo.responders import Answering, Responder
from deploy.local.demo.scenario_data import Manner, Police
from shared.contracts.base import Place

NEAR_M, NEAR_MAX = 4000.0, 10
OVER_WITHIN_S = 180.0
LOOK_EVERY_S = 1.0
POLICE = Police(acknowledges_after_s=20, arrives_after_s=240)
MANNERS: dict[Manner, float] = {"answers": 0.88, "refuses": 0.07, "silent": 0.05}
KINDS: tuple[tuple[str, str, str], ...] = (
    ("rescue", "minor", "老人在路边摔倒，需要搀扶。"),
    ("rescue", "serious", "有人突然晕倒，请带急救包。"),
    ("public-order", "minor", "两人因停车争执，请到场劝解。"),
    ("public-order", "serious", "商铺门口发生打斗。"),
    ("accident", "serious", "垃圾桶起火，请带灭火器。"),
    ("serious-violence", "critical", "有人持刀追人，请带盾牌、钢叉。"),
)
"""Class, severity, and what the caller says."""


class Happening:
    """One incident or drill near a crew that is on duty now."""

    def __init__(
        self, crews: dict[str, Crew], city: City, api: Api, stats: LifeStats, random: Random, *, drill: bool
    ) -> None:
        centre = random.choice(list(crews.values()))
        self._scene = moved(centre.post.location, random.uniform(-150, 150), random.uniform(-150, 150))
        self._near = _nearest(crews, self._scene)
        self._station = city.station_by_id[centre.manned.unit.station_id]
        self._officer = city.officer_of(self._station.station_id)
        self._api = api
        self._stats = stats
        self._random = random
        self._drill = drill

    async def run(self) -> None:
        """From the report to the end."""
        officer = self._api.caller(principal_of(self._officer))
        police = PoliceCar(Phone(self._officer, officer, self._station.location), self._scene, POLICE, self._drill)
        responders = [Responder(crew, self._answering()) for crew in self._near]
        tasks = [asyncio.create_task(listener.run()) for listener in (*responders, police)]
        try:
            await self._story(officer)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for crew in self._near:
                crew.is_away = False

    async def _story(self, officer: Caller) -> None:
        kind, severity, description = self._random.choice(KINDS)
        what = "drill" if self._drill else "incident"
        answer = await officer.post(
            "/dispatch/v1/incidents",
            {
                "class": kind,
                "severity": severity,
                "location": {"lon": self._scene.lon, "lat": self._scene.lat, "crs": "wgs84"},
                "description": description,
                "drill": self._drill,
            },
        )
        incident = f"/dispatch/v1/incidents/{answer.body['aggregate_id' if answer.was_pending else 'incident_id']}"
        self._stats.count(f"{what}s reported")
        self._stats.note(f"{what} {kind} at {self._station.name}: {description}")
        there = await self._until_done(officer, incident)
        if "police" in there:
            await officer.post(f"{incident}/handover", {"to": self._station.station_id})
        await officer.post(f"{incident}/clear", {"outcome": "resolved"})
        self._stats.count(f"{what}s cleared")
        self._stats.note(f"{what} {kind} at {self._station.name}: {there.count('unit')} units came")

    async def _until_done(self, officer: Caller, incident: str) -> list[str]:
        """Who was there when every stage that had started was attained or missed, or waiting was given up."""
        until = time.monotonic() + OVER_WITHIN_S
        while True:
            now = (await officer.get(incident)).body
            started = [stage for stage in now["stages"] if stage["started_at"]]
            if all(stage["attained_at"] or stage["missed_at"] for stage in started) or time.monotonic() > until:
                return [order["assignee_kind"] for order in now["orders"] if order["arrived_at"]]
            await asyncio.sleep(LOOK_EVERY_S)

    def _answering(self) -> Answering:
        manner = self._random.choices(list(MANNERS), list(MANNERS.values()))[0]
        return Answering(manner, self._random.uniform(20, 90), 1.0)


def _nearest(crews: dict[str, Crew], scene: Place) -> list[Crew]:
    near = sorted(crews.values(), key=lambda crew: away_m(crew.post.location, scene))[:NEAR_MAX]
    return [crew for crew in near if away_m(crew.post.location, scene) < NEAR_M]
