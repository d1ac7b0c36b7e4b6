"""Notify's worker: `python -m services.notify.entrypoints.worker [--lane emergency|normal|bulk|all]`."""

import argparse

from services.notify.bootstrap import ALL_LANES, build_worker
from services.notify.settings import NotifySettings
from shared.platform.process import run_worker
from shared.vocabulary.terms import Lane


def chosen_lanes() -> tuple[Lane, ...]:
    """By the command line."""
    parser = argparse.ArgumentParser(description="Decides, plans and sends for one lane or for all.")
    parser.add_argument("--lane", choices=[*(lane.value for lane in Lane), "all"], default="all")
    chosen: str = parser.parse_args().lane
    return ALL_LANES if chosen == "all" else (Lane(chosen),)


if __name__ == "__main__":
    lanes = chosen_lanes()
    run_worker("notify", NotifySettings, lambda settings: build_worker(settings, lanes))
