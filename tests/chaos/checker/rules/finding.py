"""What a rule says of a run."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.checker.log import Place, Record


@dataclass(frozen=True, slots=True)
class Violation:
    """One line: whom it concerns, what is wrong, and where that can be seen."""

    rule: str
    subject: str
    what: str
    evidence: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject}: {self.what}" + (f" [{self.evidence}]" if self.evidence else "")


@dataclass(slots=True)
class Finding:
    """A rule's result. `checked` counts what the rule was held against: a rule that saw nothing has proved nothing."""

    rule: str
    checked: int = 0
    violations: list[Violation] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def violate(self, subject: str, what: str, *evidence: Record | Place | str) -> None:
        """Note that the rule is broken."""
        places = (str(item.place) if isinstance(item, Record) else str(item) for item in evidence)
        self.violations.append(Violation(self.rule, subject, what, ", ".join(places)))

    @property
    def holds(self) -> bool:
        return self.checked > 0 and not self.violations


def spread(values: Iterable[float]) -> dict[str, float]:
    """How many, the median, the 99th percentile and the worst; nothing of nothing."""
    ordered = sorted(values)
    if not ordered:
        return {"count": 0}
    return {
        "count": len(ordered),
        "p50": ordered[len(ordered) // 2],
        "p99": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
        "worst": ordered[-1],
    }
