"""People who go on duty, renew it and leave it, unit by unit; and some who may not."""

import asyncio
from collections.abc import Sequence
from random import Random
from typing import Any

from deploy.local.demo.accounts import display_of, principal_of
from deploy.local.demo.city import City, Manned
from deploy.local.demo.people import Person
from tests.chaos.load.clients import Clients
from tests.chaos.load.pace import Pace
from tests.chaos.notes import now

PEOPLE = 8
"""Of a unit who scan the code that its post shows, at most."""
ACCURACY_M = 12.0
LEAVES, WRONG, REPEATS = 0.1, 0.05, 0.03
"""Shares: of visits after which somebody leaves; of scans that must be refused; of scans that are sent once more."""
AWAY_FROM_POST_DEG = 0.2


class CheckIns:
    """Goes from unit to unit; at each, everybody scans the code on the display."""

    def __init__(self, city: City, clients: Clients, random: Random) -> None:
        self._clients = clients
        self._random = random
        self._units = list(city.units)
        random.shuffle(self._units)
        self._old_codes: dict[str, str] = {}
        self.on_duty: dict[str, list[Person]] = {}
        """By unit, who checked in at the last visit."""

    async def keep(self, pace: Pace) -> None:
        """Visit units so often that `pace` check-ins a second come of it, until cancelled."""
        turn = 0
        async for _ in pace.beats(PEOPLE):
            pace.begin(self._visit(self._units[turn % len(self._units)]))
            turn += 1

    async def _visit(self, manned: Manned) -> None:
        post = manned.site.posts[0]
        shown = await self._clients.get(display_of(manned, post), f"/checkin/v1/posts/{post.post_id}/code")
        if not shown.ok:
            return
        code: str = shown.body["code"]
        people = manned.people[:PEOPLE]
        await asyncio.gather(*(self._scan(manned, person, code) for person in people))
        self._old_codes.setdefault(manned.unit.unit_id, code)
        self.on_duty[manned.unit.unit_id] = list(people)
        if self._random.random() < LEAVES:
            await self._leave(manned, people)

    async def _scan(self, manned: Manned, person: Person, code: str) -> None:
        scan = self._scan_of(manned, code)
        who, path = principal_of(person), "/checkin/v1/check-ins"
        unit_id = manned.unit.unit_id
        chance = self._random.random()
        if chance < WRONG:
            scan = self._spoilt(scan)
        key = f"{unit_id}-{person.member_id}-{self._random.getrandbits(64):x}"
        first = await self._clients.post("check-in", who, path, scan, aggregate=unit_id, key=key)
        if first.ok and self._random.random() < REPEATS:
            await self._clients.post("check-in", who, path, scan, aggregate=unit_id, key=key)

    def _scan_of(self, manned: Manned, code: str) -> dict[str, Any]:
        at = manned.site.posts[0].location
        location = {"lon": at.lon, "lat": at.lat, "accuracy_m": ACCURACY_M, "crs": "wgs84"}
        return {"unit_id": manned.unit.unit_id, "code": code, "location": location, "scanned_at": now()}

    def _spoilt(self, scan: dict[str, Any]) -> dict[str, Any]:
        """A code of long ago or of another post, or a scan from far away."""
        kind = self._random.choice(("old", "foreign", "away"))
        if kind == "away":
            return {**scan, "location": {**scan["location"], "lat": scan["location"]["lat"] + AWAY_FROM_POST_DEG}}
        others = [unit for unit in self._old_codes if (unit == scan["unit_id"]) == (kind == "old")]
        return {**scan, "code": self._old_codes[self._random.choice(others)] if others else "x"}

    async def _leave(self, manned: Manned, people: Sequence[Person]) -> None:
        person = self._random.choice(people)
        body = {"unit_id": manned.unit.unit_id}
        await self._clients.post(
            "check-out", principal_of(person), "/checkin/v1/check-outs", body, aggregate=manned.unit.unit_id
        )
