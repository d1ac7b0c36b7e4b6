"""What was expected and what was seen, as rows of a table."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One thing that was checked from the outside."""

    scenario: str
    what: str
    expected: str
    seen: str
    ok: bool


@dataclass
class Checklist:
    """Rows of one scenario, in the order in which they were checked."""

    scenario: str
    rows: list[CheckRow] = field(default_factory=list[CheckRow])

    def holds(self, what: str, ok: bool, expected: object, seen: object) -> bool:
        """Note a check; returns `ok`."""
        self.rows.append(CheckRow(self.scenario, what, _short(expected), _short(seen), ok))
        return ok

    def equal(self, what: str, expected: object, seen: object) -> bool:
        """The two are equal."""
        return self.holds(what, expected == seen, expected, seen)

    def at_most(self, what: str, bound: float, seen: float | None, unit: str = "s") -> bool:
        """A figure within its bound; None was never seen."""
        text = "never" if seen is None else f"{seen:.2f} {unit}"
        return self.holds(what, seen is not None and seen <= bound, f"≤ {bound:g} {unit}", text)

    def at_least(self, what: str, bound: float, seen: float) -> bool:
        """At least so many."""
        return self.holds(what, seen >= bound, f"≥ {bound:g}", f"{seen:g}")


def _short(value: object) -> str:
    if isinstance(value, set | frozenset | list | tuple):
        value = ", ".join(sorted(map(str, value))) or "none"  # pyright: ignore[reportUnknownArgumentType]
    text = str(value)
    return text if len(text) <= 160 else text[:157] + "…"
