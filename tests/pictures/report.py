"""docs/console.md: the measured part of it, between two marks."""

import gzip
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.ratios import percentile
from tests.pictures.figures import Watched

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
FRAME_MS = 1000 / 60
"""What a screen of 60 Hz leaves a frame."""


@dataclass(frozen=True, slots=True)
class Figures:
    """`calm`: the whole city moves and nobody touches the map; `moved`: it is zoomed and dragged all the while."""

    units: int
    on_duty: int
    calm: Watched
    moved: Watched
    drawn_s: list[float]
    api_mib: float


def bundles(dist: Path) -> dict[str, int]:
    """Bytes after gzip: what comes before anything is shown, each screen's own part, and the member's page."""
    entry = (dist / "console" / "index.html").read_text("utf-8")
    first = {dist / "console" / name for name in re.findall(r"/console/(assets/[^\"]+)", entry)}
    sizes = {"console, first load": sum(map(_zipped, first))}
    for file in sorted((dist / "console" / "assets").glob("*Screen-*.js")):
        sizes[f"console, {file.name.split('-')[0]}"] = _zipped(file)
    sizes["console, everything"] = sum(map(_zipped, (dist / "console").rglob("*.[jc]s*")))
    sizes["member's page"] = sum(
        map(_zipped, (f for f in (dist / "m").rglob("*") if f.suffix in (".js", ".css", ".html")))
    )
    return sizes


def write(file: Path, figures: Figures, sizes: Mapping[str, int]) -> None:
    """Replace what stands between the marks."""
    text = file.read_text("utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    lines = [*_measured(figures), "", "| bundle | bytes after gzip |", "| --- | --- |"]
    lines += [f"| {name} | {size:,} |" for name, size in sizes.items()]
    file.write_text(f"{head}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{tail}", "utf-8")


def _measured(figures: Figures) -> list[str]:
    drawn = figures.drawn_s
    rows = [
        f"{figures.units:,} units, {figures.on_duty:,} of them on duty and moving every 10 s, on {platform.machine()}",
        "with two cores for everything: brokers, services, load and the browser (no graphics card).",
        "",
        "| what | nobody touches the map | zoomed and dragged all the while |",
        "| --- | --- | --- |",
    ]
    for name, of in (
        ("longest task of the main thread, ms", lambda w: f"{w.longest_task:.0f}"),
        ("tasks over 50 ms in 30 s", lambda w: f"{w.tasks_over_50}"),
        ("gap between frames p99, ms (of 16.7)", lambda w: f"{w.gap_p99:.0f} ({w.gap_p99 / FRAME_MS:.1f}×)"),
        ("longest gap between frames, ms", lambda w: f"{w.gap_longest:.0f}"),
        ("frames in 30 s", lambda w: f"{w.frames:,}"),
    ):
        rows.append(f"| {name} | {of(figures.calm)} | {of(figures.moved)} |")
    rows += [
        "",
        f"From the POST of a position to the frame that shows it, {len(drawn)} times: "
        f"p50 {percentile(drawn, 0.5):.2f} s, "
        f"p95 {percentile(drawn, 0.95):.2f} s, worst {max(drawn):.2f} s (goal: p95 under 1 s).",
        f"The APIs' process holds {figures.api_mib:.0f} MiB, all four services with the embedded history in it.",
    ]
    return rows


def _zipped(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 9, mtime=0))
