"""When the system was being disturbed."""

from collections.abc import Sequence

from tests.chaos.checker.evidence import Fault
from tests.chaos.checker.times import SECOND_US

RECOVERY_US = 12 * SECOND_US
"""What a fault leaves behind: a killed worker's partitions are with another one after 8 s (the session's time-out) and
some, and the goal for a stall is 12 s.
"""


def disturbed_us(faults: Sequence[Fault], begin_us: int, end_us: int) -> int:
    """How much of this stretch of time lay within a fault or its aftermath."""
    total, counted_to = 0, begin_us
    for fault in sorted(faults, key=lambda fault: fault.at_us):
        begin = max(fault.at_us, counted_to)
        end = min(fault.until_us + RECOVERY_US, end_us)
        if end > begin:
            total += end - begin
            counted_to = end
    return total


def touching(faults: Sequence[Fault], begin_us: int, end_us: int) -> list[Fault]:
    """The faults that, with their aftermath, reach into this stretch of time."""
    return [fault for fault in faults if fault.at_us < end_us and fault.until_us + RECOVERY_US > begin_us]
