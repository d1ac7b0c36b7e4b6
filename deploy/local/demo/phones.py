"""Simulated phones. They talk the public HTTP API with their owner's token, and know only what it tells them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from deploy.local.demo.accounts import display_of, principal_of
from deploy.local.demo.city import Manned
from deploy.local.demo.client import Api, Caller
from deploy.local.demo.organisation import moved
from deploy.local.demo.people import Person
from shared.contracts.base import Place
from shared.contracts.registry import Post
from shared.platform.clock import SystemClock
from shared.vocabulary.geography import Point, distance_m

ACCURACY_M = 12.0
HURRY_M_S = 3.0  # metres a second of somebody on the way to a scene
_clock = SystemClock()


@dataclass
class Phone:
    """One person's phone."""

    person: Person
    caller: Caller
    place: Place

    async def inbox(self) -> list[dict[str, Any]]:
        """What this person has been told, newest first."""
        return [item async for item in self.caller.each("/notify/v1/inbox")]


@dataclass
class Crew:
    """The people of a unit who are on duty together, and where they are."""

    manned: Manned
    phones: list[Phone]
    post: Post
    api: Api
    told: set[str] = field(default_factory=set[str])

    @property
    def unit_id(self) -> str:
        return self.manned.unit.unit_id

    @property
    def lead(self) -> Phone:
        """The phone that answers for the unit."""
        return self.phones[0]

    async def check_in(self) -> None:
        """Everybody scans the code on the post's display."""
        display = self.api.caller(display_of(self.manned, self.post))
        await asyncio.gather(*(self._check_in(phone, display) for phone in self.phones))

    async def check_out(self) -> None:
        """Everybody goes off duty."""
        for phone in self.phones:
            await phone.caller.post("/checkin/v1/check-outs", {"unit_id": self.unit_id})

    async def report_positions(self) -> None:
        """Where everybody is now: one batch, from the lead's phone."""
        now = _clock.now().isoformat()
        fixes = [
            {
                "unit_id": self.unit_id,
                "member_id": phone.person.member_id,
                "lon": phone.place.lon,
                "lat": phone.place.lat,
                "accuracy_m": ACCURACY_M,
                "time": now,
            }
            for phone in self.phones
        ]
        await self.lead.caller.post("/checkin/v1/positions", {"fixes": fixes})

    async def walk_to(self, scene: Place, speed_m_s: float, step_s: float = 1.0) -> None:
        """Hurry there, reporting positions on the way."""
        while (left_m := away_m(self.lead.place, scene)) > 5:
            share = min(1.0, speed_m_s * step_s / left_m)
            await asyncio.sleep(step_s if share < 1 else left_m / speed_m_s)
            for phone in self.phones:
                phone.place = between(phone.place, scene, share)
            await self.report_positions()

    async def _check_in(self, phone: Phone, display: Caller) -> None:
        shown = await display.get(f"/checkin/v1/posts/{self.post.post_id}/code")
        await phone.caller.post(
            "/checkin/v1/check-ins",
            {
                "unit_id": self.unit_id,
                "code": shown.body["code"],
                "location": {
                    "lon": phone.place.lon,
                    "lat": phone.place.lat,
                    "accuracy_m": ACCURACY_M,
                    "crs": "wgs84",
                },
            },
        )


def crew_of(api: Api, manned: Manned, people: int | None = None, watch: int = 0, post: int = 0) -> Crew:
    """A unit's people of one watch (at most `people` of them) at one of its site's posts."""
    standing = [person for person in manned.people if person.watch == watch][:people]
    at = manned.site.posts[post]
    phones = [
        Phone(person, api.caller(principal_of(person)), moved(at.location, 3.0 * number, 2.0 * number))
        for number, person in enumerate(standing)
    ]
    return Crew(manned, phones, at, api)


def away_m(a: Place, b: Place) -> float:
    """Metres between two places."""
    return distance_m(Point(a.lon, a.lat), Point(b.lon, b.lat))


def between(start: Place, end: Place, share: float) -> Place:
    """The place `share` (0 to 1) of the way."""
    return Place(
        lon=start.lon + (end.lon - start.lon) * share,
        lat=start.lat + (end.lat - start.lat) * share,
    )
