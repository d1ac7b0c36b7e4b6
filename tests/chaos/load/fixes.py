"""Where everybody is: batches from the radio operator's gateway."""

from random import Random
from typing import Any

from deploy.local.demo.accounts import GATEWAY
from deploy.local.demo.city import City
from deploy.local.demo.organisation import moved
from tests.chaos.load.check_ins import ACCURACY_M, CheckIns
from tests.chaos.load.clients import Clients
from tests.chaos.load.pace import Pace
from tests.chaos.notes import now

IN_A_BATCH = 200
STRAY_M = 40.0


class Fixes:
    """Reports those on duty, round and round."""

    def __init__(self, city: City, check_ins: CheckIns, clients: Clients, random: Random) -> None:
        self._city = city
        self._check_ins = check_ins
        self._clients = clients
        self._random = random
        self._waiting: list[tuple[str, str]] = []

    async def keep(self, pace: Pace) -> None:
        """So many fixes a second, until cancelled."""
        async for _ in pace.beats(IN_A_BATCH):
            batch = self._batch()
            if batch:
                pace.begin(self._report(batch))

    async def _report(self, batch: list[dict[str, Any]]) -> None:
        await self._clients.post("positions", GATEWAY, "/checkin/v1/positions", {"fixes": batch})

    def _batch(self) -> list[dict[str, Any]]:
        if len(self._waiting) < IN_A_BATCH:
            self._waiting += [
                (unit_id, person.member_id) for unit_id, people in self._check_ins.on_duty.items() for person in people
            ]
        taken, self._waiting = self._waiting[:IN_A_BATCH], self._waiting[IN_A_BATCH:]
        return [self._fix(*who) for who in taken]

    def _fix(self, unit_id: str, member_id: str) -> dict[str, Any]:
        post = self._city.unit_by_id[unit_id].site.posts[0].location
        at = moved(post, self._random.uniform(-STRAY_M, STRAY_M), self._random.uniform(-STRAY_M, STRAY_M))
        where = {"lon": at.lon, "lat": at.lat, "accuracy_m": ACCURACY_M}
        return {"unit_id": unit_id, "member_id": member_id, **where, "time": now()}
