"""Check-ins, renewals, check-outs and leases that run out, at a few units."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.checkin.adapters.duty_ledger import DECIDING
from shared.contracts.base import Message, Place
from shared.contracts.duty import CheckIn, CheckOut
from shared.platform.rules import Deciding
from shared.vocabulary.terms import SiteClass
from tests.simulation.log import ids
from tests.simulation.redis import Script
from tests.simulation.virtual_time import now
from tests.simulation.worker import Worker
from tests.simulation.world import World

CHECKIN = "checkin"
UNITS = ids("unit-", 4)
MEMBERS = ("m1", "m2", "m3")
PLACE = Place(lon=113.319, lat=23.1352)


class DutyStory:
    """Plays a Story."""

    decidings: Mapping[str, Deciding[Any, Any, Any]] = {CHECKIN: DECIDING}
    scripts: Mapping[str, Script] = {}

    def __init__(self, world: World) -> None:
        self._world = world
        self._rng = world.rng

    def install(self, worker: Worker) -> None:
        worker.decide(CHECKIN, DECIDING)

    async def unfold(self) -> None:
        for number in range(self._rng.randint(20, 40)):
            await asyncio.sleep(self._rng.choice((0.0, 0.2, 1.0, 4.0)))
            unit, member = self._rng.choice(UNITS), self._rng.choice(MEMBERS)
            body = self._check_in(unit, member) if self._rng.random() < 0.65 else self._check_out(unit, member)
            self._world.submit(CHECKIN, unit, body, f"c{number}")

    def _check_in(self, unit: str, member: str) -> Message:
        scanned_s_ago = self._rng.choice((0, 2, 30, 3600))
        return CheckIn(
            unit_id=unit,
            member_id=member,
            post_id="post",
            station_id="440106007",
            path="/440100/440106/440106007",
            site_class=SiteClass.B,
            quorum=2,
            location=PLACE,
            accuracy_m=5,
            code_step=self._rng.choice((None, 1, 2, 3, 4)),
            scanned_at=now() - timedelta(seconds=scanned_s_ago),
            lease_s=self._rng.choice((3, 8, 20, 60)),
        )

    def _check_out(self, unit: str, member: str) -> Message:
        return CheckOut(unit_id=unit, member_id=member)
