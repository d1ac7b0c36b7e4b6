"""A row's outcome as JSON, and the files that hold it."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.bench.ratios import Figure, Series
from tests.bench.rows import Measured, Row

Outcome = dict[str, Any]


def measured(row: Row, found: Measured, at: datetime, took_s: float) -> Outcome:
    """The outcome of a row that was measured."""
    figures = [_figure(figure) for figure in found.figures]
    return {**_head(row, at), "took_s": round(took_s, 1), "figures": figures, "remarks": list(found.remarks)}


def not_measured(row: Row, why: str, at: datetime) -> Outcome:
    """The outcome of a row that could not be."""
    return {**_head(row, at), "why_not": why, "figures": [], "remarks": []}


def machine() -> str:
    """What it was measured on, without naming the machine."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory_gib:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def merged(known: Sequence[Outcome], fresh: Outcome, order: Sequence[str]) -> list[Outcome]:
    """What is known of all rows, in this order, with one row anew. Rows that are no more are dropped."""
    by_key = {outcome["row"]: outcome for outcome in (*known, fresh)}
    return [by_key[key] for key in order if key in by_key]


def read_all(file: Path) -> list[Outcome]:
    """The outcomes that a file holds; none when there is no file."""
    return json.loads(file.read_text("utf-8")) if file.exists() else []


def write(file: Path, outcome: Outcome | list[Outcome]) -> None:
    """Write one or several outcomes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(outcome, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _head(row: Row, at: datetime) -> Outcome:
    return {
        "row": row.key,
        "what": row.what,
        "peer": row.peer,
        "goal": row.goal,
        "at": at.isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": machine(),
    }


def _commit() -> str:
    """What was measured; changes that are not committed are said."""
    head = _git("rev-parse", "--short", "HEAD").stdout.strip() or "unknown"
    is_clean = _git("diff", "--quiet", "HEAD", "--", "services", "shared").returncode == 0
    return head if is_clean else f"{head} with uncommitted changes"


def _git(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False, timeout=10)


def _figure(figure: Figure) -> Mapping[str, Any]:
    goal = None
    if figure.goal is not None:
        goal = {"sense": figure.goal.sense, "bound": figure.goal.bound, "of": figure.goal.of}
    return {
        "ours": _series(figure.ours),
        "peer": None if figure.peer is None else _series(figure.peer),
        "ratio": None if figure.ratio is None else _series(figure.ratio),
        "goal": goal,
        "verdict": figure.verdict,
    }


def _series(series: Series) -> Mapping[str, Any]:
    values = [float(f"{value:.5g}") for value in series.values]
    summary = {"median": series.median, "low": series.low, "high": series.high}
    return {
        "name": series.name,
        "unit": series.unit,
        **{name: float(f"{value:.5g}") for name, value in summary.items()},
        "values": values,
    }
