"""What happened in one seed, for the reader of a failure."""

from collections import Counter, deque

from tests.simulation.virtual_time import elapsed

LINES_KEPT = 150


class Chronicle:
    """The last lines of the story, and counts of what went wrong."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.steps: set[str] = set()
        self.crashed_at: set[str] = set()
        self.failures: list[BaseException] = []
        """Exceptions that ended a worker's task and are no crash."""
        self._lines: deque[tuple[float, str, str]] = deque(maxlen=LINES_KEPT)

    def say(self, who: str, what: str) -> None:
        self._lines.append((elapsed(), who, what))

    def count(self, what: str) -> None:
        self.counts[what] += 1

    def text(self) -> str:
        """The last steps, one a line."""
        return "\n".join(f"{at:9.3f} s  {who:<10} {what}" for at, who, what in self._lines)
