"""What the living city has done so far, for a display that is looked at now and then."""

from collections import Counter
from dataclasses import dataclass, field

from rich.table import Table

PROBLEM_SHOWN = 120  # characters


@dataclass
class LifeStats:
    """Counts since the start, and the last things that happened."""

    units_on_duty: int = 0
    people_on_duty: int = 0
    counts: Counter[str] = field(default_factory=Counter[str])
    latest: list[str] = field(default_factory=list[str])

    def count(self, what: str, number: int = 1) -> None:
        """So many more of `what`."""
        self.counts[what] += number

    def note(self, line: str) -> None:
        """The newest thing that happened."""
        self.latest = [*self.latest[-5:], line]

    def problem(self, problem: Exception) -> None:
        """The system refused something, or did not answer."""
        self.count("problems")
        self.note(str(problem)[:PROBLEM_SHOWN])

    def table(self) -> Table:
        """Everything, as it is now."""
        table = Table(title="The city lives (Ctrl-C ends it)", show_header=False)
        table.add_row("units on duty", str(self.units_on_duty))
        table.add_row("people on duty", str(self.people_on_duty))
        for what, number in sorted(self.counts.items()):
            table.add_row(what, str(number))
        for line in self.latest:
            table.add_row("", line)
        return table
