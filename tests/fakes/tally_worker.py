"""A worker process that runs the tally, so that tests can kill it: `python -m tests.fakes.tally_worker`."""

import asyncio

from shared.platform.ledger import Ledger
from shared.platform.ledger_store import LedgerStore
from shared.platform.recovery import Recovery
from shared.platform.settings import PlatformSettings, load_settings
from shared.platform.telemetry import configure_logs
from shared.platform.worker import Worker
from tests.fakes.tally import DECIDING


def tally_worker(settings: PlatformSettings) -> Worker:
    worker = Worker("tally", settings)
    store = LedgerStore(worker.redis, "tally")
    recovery = Recovery(store, worker.log_reader(), DECIDING.events)
    worker.decide(
        Ledger(
            DECIDING,
            store=store,
            producer=worker.producer,
            dead_letters=worker.dead_letters,
            recovery=recovery,
        )
    )
    return worker


async def main() -> None:
    settings = load_settings(PlatformSettings)
    configure_logs(settings, "tally")
    await tally_worker(settings).run()


if __name__ == "__main__":
    asyncio.run(main())
