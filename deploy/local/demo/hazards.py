"""Hazards: a unit's people find them, its leader puts them right, and the station's officer looks whether they are."""

import asyncio
import time
from dataclasses import dataclass
from random import Random

from deploy.local.demo.accounts import OPERATOR, principal_of
from deploy.local.demo.checks import Checklist, CheckRow
from deploy.local.demo.city import City
from deploy.local.demo.client import Api, Caller, Issue
from deploy.local.demo.life_stats import LifeStats
from deploy.local.demo.organisation import moved
from deploy.local.demo.people import Person
from deploy.local.demo.phones import ACCURACY_M
from deploy.local.demo.photos import picture
from shared.vocabulary.terms import HazardKind

HAZARDS = "/checkin/v1/hazards"
NEW = 0.4
"""Of all steps; with the others one that is known goes on. So some always wait."""
VERIFIED_PLAYED = 4
LISTED_WITHIN_S, LOOK_EVERY_S = 20.0, 0.5
PAGE = 200
AROUND_M = 25.0
SEEN = "现场复查，隐患已消除。"
WORDS: dict[HazardKind, tuple[str, str]] = {
    HazardKind.FIRE: ("灭火器压力不足，前面还堆着纸箱。", "已更换灭火器，纸箱已清走。"),
    HazardKind.ELECTRICAL: ("配电箱门关不上，有电线外露。", "电工已接好电线，箱门已修复上锁。"),
    HazardKind.BLOCKED_EXIT: ("安全出口被货物堵住。", "货物已搬离，出口畅通。"),
    HazardKind.STRUCTURE: ("外墙有裂缝，已有碎块掉落。", "已拉起警戒线，施工队已修补。"),
    HazardKind.CROWD: ("入口护栏移位，高峰时容易拥挤。", "护栏已复位，增派一人引导。"),
    HazardKind.EQUIPMENT: ("盾牌架上少了一面盾牌。", "已补齐盾牌。"),
    HazardKind.OTHER: ("井盖移位，夜间容易踩空。", "井盖已复位。"),
}
"""What is said of it when it is found, and when it has been put right."""


@dataclass
class Found:
    """A hazard, and how this life left it."""

    hazard_id: str
    kind: HazardKind
    unit_id: str
    station_id: str
    status: str = "reported"


class Hazards:
    """All that are found."""

    def __init__(self, city: City, api: Api, stats: LifeStats, random: Random) -> None:
        self._city = city
        self._api = api
        self._stats = stats
        self._random = random
        self.found: list[Found] = []

    async def step(self, finder: Person) -> Found:
        """`finder`, somebody of a unit, finds another one; or one that is known goes on."""
        unfinished = [hazard for hazard in self.found if hazard.status != "verified"]
        if not unfinished or self._random.random() < NEW:
            return await self._report(finder)
        return await self._go_on(self._random.choice(unfinished))

    async def astray(self, station_id: str | None = None) -> dict[str, str]:
        """Hazards that the listing (of a station's) has for a while shown otherwise than they were left, and how."""
        left = {each.hazard_id: each.status for each in self.found if station_id in (None, each.station_id)}
        operator = self._api.caller(OPERATOR)
        until = time.monotonic() + LISTED_WITHIN_S
        while True:
            listing = operator.each(HAZARDS, station=station_id, limit=PAGE)
            shown = {item["hazard_id"]: item["status"] async for item in listing}
            astray = {id_: shown.get(id_, "not listed") for id_, status in left.items() if shown.get(id_) != status}
            if not astray or time.monotonic() > until:
                return astray
            await asyncio.sleep(LOOK_EVERY_S)

    async def _report(self, finder: Person) -> Found:
        manned = self._city.unit_by_id[str(finder.unit_id)]
        kind = self._random.choice(list(WORDS))
        place = moved(manned.site.location, *(self._random.uniform(-AROUND_M, AROUND_M) for _ in range(2)))
        fields = {
            "unit_id": manned.unit.unit_id,
            "kind": kind.value,
            "note": WORDS[kind][0],
            "lon": str(place.lon),
            "lat": str(place.lat),
            "crs": "wgs84",
            "accuracy_m": str(ACCURACY_M),
        }
        answer = await self._caller(finder).send_form(HAZARDS, fields, picture(kind, self._random))
        hazard_id = answer.body["aggregate_id" if answer.was_pending else "hazard_id"]
        found = Found(hazard_id, kind, manned.unit.unit_id, manned.unit.station_id)
        self.found.append(found)
        self._told(found, f"{manned.unit.name}: {WORDS[kind][0]}")
        return found

    async def _go_on(self, hazard: Found) -> Found:
        manned = self._city.unit_by_id[hazard.unit_id]
        if hazard.status == "reported":
            who, act, note, status = manned.people[0], "rectify", WORDS[hazard.kind][1], "rectified"
        else:
            who, act, note, status = self._city.officer_of(hazard.station_id), "verify", SEEN, "verified"
        await self._caller(who).post(f"{HAZARDS}/{hazard.hazard_id}/{act}", {"note": note})
        hazard.status = status
        self._told(hazard, f"{manned.unit.name}: {note}")
        return hazard

    def _told(self, hazard: Found, line: str) -> None:
        self._stats.count(f"hazards {hazard.status}")
        self._stats.note(f"hazard {hazard.status} at {line}")

    def _caller(self, person: Person) -> Caller:
        return self._api.caller(principal_of(person))


async def play_hazards(base_url: str, issue: Issue, city: City) -> list[CheckRow]:
    """Some are found all over the city, and go on, until a few have come all the way; what was checked of them."""
    random, stats, checks = Random(f"hazards of {city.seed}"), LifeStats(), Checklist("hazards")
    async with Api(base_url, issue) as api:
        hazards = Hazards(city, api, stats, random)
        while stats.counts["hazards verified"] < VERIFIED_PLAYED:
            await hazards.step(random.choice(random.choice(city.units).people))
        what = f"of {len(hazards.found)} hazards, those that the listing shows otherwise than they were left"
        checks.equal(what, {}, await hazards.astray())
    return checks.rows
