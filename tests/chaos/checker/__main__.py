"""`python -m tests.chaos.checker RUN_DIR --kafka … --redis … --history …`: status 0 when every rule holds."""

import argparse
import asyncio
import sys
from pathlib import Path

from rich.console import Console

from tests.chaos.checker import verdict
from tests.chaos.checker.gathering import gather
from tests.chaos.checker.judging import judge

WIDTH = 160


def main() -> int:
    given = _arguments()
    evidence = asyncio.run(gather(given.directory, kafka=given.kafka, redis=given.redis, history_folder=given.history))
    findings = judge(evidence)
    verdict.write(findings, evidence, given.directory / "verdict.json")
    console = Console()
    verdict.show(findings, evidence, console if console.is_terminal else Console(width=WIDTH))
    return 0 if all(finding.holds for finding in findings) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Judges a fault run by what it left behind.")
    parser.add_argument("directory", type=Path, help="the run's files")
    parser.add_argument("--kafka", required=True, help="host:port of a broker")
    parser.add_argument("--redis", required=True, help="redis://…")
    parser.add_argument(
        "--history", required=True, type=Path, help="the embedded history's folder, which nobody has open"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
