"""The load as a process: `python -m tests.chaos.load ORDERS.json`, until SIGTERM; then it ends what it began."""

import asyncio
import json
import signal
import sys
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from deploy.local.demo.city import City
from deploy.local.secrets_store import SecretsStore
from shared.platform.clock import SystemClock
from shared.platform.web.tokens import Principal, issue_token
from tests.chaos.load.answers import Answers
from tests.chaos.load.check_ins import CheckIns
from tests.chaos.load.city import city_of
from tests.chaos.load.clients import Clients
from tests.chaos.load.fixes import Fixes
from tests.chaos.load.incidents import Incidents
from tests.chaos.load.pace import Pace

GROUPS_AT_ONCE = 64


@dataclass(frozen=True)
class Orders:
    """What the load is to do, and where. `a_second`: check-ins, fixes, incidents."""

    base_urls: list[str]
    keys: str
    histories: str
    summary: str
    units: int
    seed: int
    a_second: tuple[float, float, float]

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> "Orders":
        return cls(**json.loads(path.read_text()))


class Load:
    """Everybody at once."""

    def __init__(self, orders: Orders, city: City, clients: Clients) -> None:
        self._orders = orders
        self._clients = clients
        random = Random(orders.seed)
        self._check_ins = CheckIns(city, clients, Random(random.random()))
        self._answers = Answers(city, clients, Random(random.random()))
        self._incidents = Incidents(city, clients, self._answers, Random(random.random()))
        self._fixes = Fixes(city, self._check_ins, clients, Random(random.random()))
        check_ins, fixes, incidents = orders.a_second
        self._paces = {
            "check-ins": Pace(check_ins, GROUPS_AT_ONCE),
            "fixes": Pace(fixes, GROUPS_AT_ONCE),
            "incidents": Pace(incidents, 4 * GROUPS_AT_ONCE),
        }

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping`; then whatever was begun comes to its end."""
        keeping = [
            asyncio.create_task(self._check_ins.keep(self._paces["check-ins"])),
            asyncio.create_task(self._fixes.keep(self._paces["fixes"])),
            asyncio.create_task(self._incidents.keep(self._paces["incidents"])),
        ]
        await asyncio.wait([asyncio.create_task(stopping.wait()), *keeping], return_when=asyncio.FIRST_COMPLETED)
        for task in keeping:
            task.cancel()
        ended = await asyncio.gather(*keeping, return_exceptions=True)
        for pace in self._paces.values():
            await pace.finish()
        await self._answers.finish()
        await self._incidents.end_all()
        self._say(faults=[repr(end) for end in ended if isinstance(end, Exception)])

    def _say(self, faults: list[str]) -> None:
        summary = {
            "answered": dict(sorted(self._clients.answered.items())),
            "left_out": {name: pace.left_out for name, pace in self._paces.items()},
            "failed": {name: pace.failed for name, pace in self._paces.items()},
            "faults": faults,
        }
        Path(self._orders.summary).write_text(json.dumps(summary, indent=1))


async def main(orders: Orders) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    private_key = SecretsStore(Path(orders.keys)).token_private_key()

    def issue(principal: Principal) -> str:
        return issue_token(private_key, principal, SystemClock(), timedelta(days=1))

    async with Clients(orders.base_urls, issue, Path(orders.histories)) as clients:
        await Load(orders, city_of(orders.units), clients).run(stopping)


if __name__ == "__main__":
    asyncio.run(main(Orders.read(Path(sys.argv[1]))))
