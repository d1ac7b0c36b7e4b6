"""How busy the machine is with what is not the bench: figures made on a busy machine must say so."""

import time
from pathlib import Path

WATCHED_S = 1.0
_IDLE, _WAITING = 3, 4  # the columns of /proc/stat


def busy_share(seconds: float = WATCHED_S) -> float | None:
    """The share of all cores (0 to 1) that works while the bench does nothing; None where there is no /proc."""
    if not Path("/proc/stat").exists():
        return None
    before = _ticks()
    time.sleep(seconds)  # the interval is what is measured
    passed = [after - at_first for after, at_first in zip(_ticks(), before, strict=True)]
    return 1 - (passed[_IDLE] + passed[_WAITING]) / max(1, sum(passed))


def _ticks() -> list[int]:
    first_line = Path("/proc/stat").read_text().splitlines()[0]
    return [int(number) for number in first_line.split()[1:9]]  # guest time is in user time already
