"""The worker: `python -m services.notify.entrypoints.worker [--lane emergency|normal|bulk|all]`."""

import argparse
import asyncio

from services.notify.bootstrap import ALL_LANES, build_worker
from services.notify.settings import NotifySettings
from shared.platform.settings import load_settings
from shared.platform.telemetry import configure_logs
from shared.vocabulary.terms import Lane


async def run(lanes: tuple[Lane, ...]) -> None:
    """Until SIGTERM."""
    settings = load_settings(NotifySettings)
    configure_logs(settings, "notify-worker")
    await build_worker(settings, lanes).run()


def main() -> None:
    parser = argparse.ArgumentParser(description="Decides, plans and sends for one lane or for all.")
    parser.add_argument("--lane", choices=[*(lane.value for lane in Lane), "all"], default="all")
    chosen: str = parser.parse_args().lane
    asyncio.run(run(ALL_LANES if chosen == "all" else (Lane(chosen),)))


if __name__ == "__main__":
    main()
