"""Simulated phones. They talk the public HTTP API with their owner's token, and know only what it tells them."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy.local.demo.accounts import display_of, principal_of
from deploy.local.demo.city import Manned
from deploy.local.demo.client import Api, ApiProblem, Caller
from deploy.local.demo.organisation import moved
from deploy.local.demo.people import Person
from shared.contracts.base import Place
from shared.contracts.registry import Post
from shared.platform.clock import SystemClock
from shared.vocabulary.geography import Point, distance_m

ACCURACY_M = 12.0
IN_SIGHT_M = 60.0
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
    is_away: bool = False
    """On the way to a scene, or there."""

    @property
    def unit_id(self) -> str:
        return self.manned.unit.unit_id

    @property
    def lead(self) -> Phone:
        """The phone that answers for the unit."""
        return self.phones[0]

    async def check_in(self) -> datetime:
        """Everybody scans the code on the post's display. Until when the first of them is then on duty."""
        display = self.api.caller(display_of(self.manned, self.post))
        return min(await asyncio.gather(*(self._check_in(phone, display) for phone in self.phones)))

    async def check_out(self) -> None:
        """Everybody goes off duty."""
        for phone in self.phones:
            await phone.caller.post("/checkin/v1/check-outs", {"unit_id": self.unit_id})

    def fixes(self) -> list[dict[str, Any]]:
        """Where everybody is now, as the system takes it."""
        now = _clock.now().isoformat()
        return [
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

    async def report_positions(self) -> None:
        """Where everybody is now: one batch, from the lead's phone."""
        await self.lead.caller.post("/checkin/v1/positions", {"fixes": self.fixes()})

    async def walk_to(self, scene: Place, speed_m_s: float, step_s: float = 1.0) -> None:
        """Hurry there, reporting positions on the way. Who is within sight of the scene is there."""
        self.is_away = True
        while (left_m := away_m(self.lead.place, scene)) > IN_SIGHT_M:
            share = min(1.0, speed_m_s * step_s / left_m)
            await asyncio.sleep(step_s if share < 1 else left_m / speed_m_s)
            for phone in self.phones:
                phone.place = between(phone.place, scene, share)
            await self.report_positions()

    async def _check_in(self, phone: Phone, display: Caller) -> datetime:
        location = {"lon": phone.place.lon, "lat": phone.place.lat, "accuracy_m": ACCURACY_M, "crs": "wgs84"}
        while True:
            shown = (await display.get(f"/checkin/v1/posts/{self.post.post_id}/code")).body
            scan = {"unit_id": self.unit_id, "code": shown["code"], "location": location}
            try:
                answer = await phone.caller.post("/checkin/v1/check-ins", scan)
            except ApiProblem as problem:
                if problem.code not in ("code-replayed", "code-expired"):
                    raise
                await _until(shown["until"])  # the display shows another one then
                continue
            return await self._lease_end(phone) if answer.was_pending else datetime.fromisoformat(answer.body["until"])

    async def _lease_end(self, phone: Phone) -> datetime:
        unit = (await phone.caller.get(f"/checkin/v1/units/{self.unit_id}")).body
        leases = {lease["member_id"]: lease["until"] for lease in unit["duty"]["on_duty"]}
        return datetime.fromisoformat(leases[phone.person.member_id])


def crew_of(api: Api, manned: Manned, people: int, post: int = 0) -> Crew:
    """At most so many people of a unit's first watch, at one of its site's posts."""
    standing = [person for person in manned.people if person.watch == 0][:people]
    return crew_at(api, manned, standing, manned.site.posts[post])


def crew_at(api: Api, manned: Manned, people: Iterable[Person], post: Post) -> Crew:
    """These people of a unit at that post."""
    phones = [
        Phone(person, api.caller(principal_of(person)), moved(post.location, 3.0 * number, 2.0 * number))
        for number, person in enumerate(people)
    ]
    return Crew(manned, phones, post, api)


def away_m(a: Place, b: Place) -> float:
    """Metres between two places."""
    return distance_m(Point(a.lon, a.lat), Point(b.lon, b.lat))


def between(start: Place, end: Place, share: float) -> Place:
    """The place `share` (0 to 1) of the way."""
    return Place(
        lon=start.lon + (end.lon - start.lon) * share,
        lat=start.lat + (end.lat - start.lat) * share,
    )


async def _until(time: str) -> None:
    left = datetime.fromisoformat(time) - _clock.now()
    await asyncio.sleep(max(0.0, left.total_seconds()) + 0.1)
