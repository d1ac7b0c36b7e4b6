"""The verdict, as people and as programs read it."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.chaos.checker.evidence import Evidence
from tests.chaos.checker.rules.finding import Finding

SHOWN, KEPT = 10, 1_000
"""Violations of a rule that are printed, and that are written down."""


def write(findings: Sequence[Finding], evidence: Evidence, file: Path) -> None:
    """As JSON. `holds`: no violation, and every rule was held against something."""
    verdict = {
        "holds": all(finding.holds for finding in findings),
        "seed": evidence.facts.seed,
        "faults": _faults(evidence),
        "rules": {finding.rule: _rule(finding) for finding in findings},
    }
    file.write_text(json.dumps(verdict, indent=1, ensure_ascii=False), encoding="utf-8")


def show(findings: Sequence[Finding], evidence: Evidence, console: Console) -> None:
    """Tables: the faults made, the operations, each rule; then what is wrong, line by line, and the figures."""
    figures = {finding.rule: finding.figures for finding in findings}
    console.print(_counts("Faults made", _faults(evidence)))
    console.print(_counts("Operations", figures["accepted-is-kept"].get("operations", {})))
    console.print(_rules(findings))
    for finding in findings:
        for violation in finding.violations[:SHOWN]:
            console.print(f"[red]{escape(str(violation))}", soft_wrap=True)
        if len(finding.violations) > SHOWN:
            console.print(f"[red]{finding.rule}: … and {len(finding.violations) - SHOWN} more")
    console.print(_spreads("Lateness of deadlines, s", figures["deadlines"].get("lateness, s", {})))
    console.print(_spreads("Until a deadline was published, s", figures["deadlines"].get("until published, s", {})))
    console.print(_spreads("Wait of decided records by service, s", figures["stalls"].get("waits, s", {})))


def _faults(evidence: Evidence) -> dict[str, int]:
    return dict(sorted(Counter(fault.kind for fault in evidence.faults).items()))


def _rule(finding: Finding) -> dict[str, Any]:
    return {
        "checked": finding.checked,
        "violations": len(finding.violations),
        "holds": finding.holds,
        "first": [asdict(violation) for violation in finding.violations[:KEPT]],
        "figures": finding.figures,
    }


def _rules(findings: Sequence[Finding]) -> Table:
    table = Table("rule", "checked", "violations", "", title="Rules")
    for finding in findings:
        said = "holds" if finding.holds else "broken" if finding.violations else "checked nothing"
        table.add_row(finding.rule, f"{finding.checked:,}", f"{len(finding.violations):,}", said)
    return table


def _counts(title: str, counts: dict[str, int]) -> Table:
    table = Table("what", "how many", title=title)
    for what, count in counts.items():
        table.add_row(what, f"{count:,}")
    return table


def _spreads(title: str, spreads: dict[str, dict[str, float]]) -> Table:
    table = Table("of", "count", "p50", "p99", "worst", title=title)
    for name, values in spreads.items():
        numbers = (f"{values[key]:.3f}" for key in ("p50", "p99", "worst") if key in values)
        table.add_row(name, f"{values['count']:,}", *numbers)
    return table
