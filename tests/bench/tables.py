"""Outcomes as people read them: a table on the terminal, and a part of a Markdown file between two markers."""

from collections.abc import Iterator, Sequence

from rich.table import Table

from tests.bench.outcome import Outcome
from tests.bench.ratios import shown

BEGIN = "<!-- bench: begin (written by `make bench`) -->"
END = "<!-- bench: end -->"
COLUMNS = ("what", "ours, median (min – max)", "peer in the same run", "ratio", "goal", "")
_STYLES = {"PASS": "green", "FAIL": "red", "-": "dim"}


def lines_of(outcome: Outcome) -> Iterator[tuple[str, ...]]:
    """A line a figure, in the order of COLUMNS."""
    for figure in outcome["figures"]:
        ours, peer, goal = figure["ours"], figure["peer"], figure["goal"]
        yield (
            ours["name"],
            _series(ours),
            "" if peer is None else f"{peer['name']}: {_series(peer)}",
            "" if figure["ratio"] is None else _series(figure["ratio"]),
            "" if goal is None else _goal(goal, ours["unit"]),
            figure["verdict"],
        )


def terminal_table(outcome: Outcome) -> Table:
    """One row of the bench."""
    table = Table(*COLUMNS, title=f"{outcome['row']}: {outcome['what']}", title_justify="left", expand=False)
    for line in lines_of(outcome):
        table.add_row(*line[:-1], f"[{_STYLES[line[-1]]}]{line[-1]}[/]")
    if "why_not" in outcome:
        table.add_row("not measured", outcome["why_not"])
    table.caption = "\n".join(outcome["remarks"])
    table.caption_justify = "left"
    return table


def markdown(outcomes: Sequence[Outcome]) -> str:
    """All rows: a table each, its goal above it and its remarks below."""
    return "\n".join(line for outcome in outcomes for line in _section(outcome))


def rewritten(text: str, part: str) -> str:
    """`text` with `part` between the markers, which are added at its end when they are not there.

    ValueError when they are there but not once each, in order.
    """
    framed = f"{BEGIN}\n{part.strip()}\n{END}"
    if BEGIN not in text and END not in text:
        return f"{text.rstrip()}\n\n{framed}\n"
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"{BEGIN} and {END} must be there once each, in this order")
    return text[: text.index(BEGIN)] + framed + text[text.index(END) + len(END) :]


def _section(outcome: Outcome) -> Iterator[str]:
    yield f"### {outcome['row']}: {outcome['what']}"
    yield ""
    yield f"Against {outcome['peer']}. To reach: {outcome['goal']}."
    yield ""
    if "why_not" in outcome:
        yield f"**Not measured:** {outcome['why_not']}"
        yield ""
    if outcome["figures"]:
        yield "| " + " | ".join(COLUMNS) + " |"
        yield "|" + " --- |" * len(COLUMNS)
        for line in lines_of(outcome):
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |"
        yield ""
    for remark in outcome["remarks"]:
        yield f"- {remark}"
    yield f"- {outcome['at']}, commit {outcome['commit']}, {outcome['machine']}{_busy(outcome)}."
    yield ""


def _busy(outcome: Outcome) -> str:
    """How much of the machine had other work just before the row and just after it."""
    shares = [share for share in outcome.get("others", ()) if share is not None]
    return "" if not shares else "; busy with other work: " + " and ".join(f"{share:.0%}" for share in shares)


def _series(series: Outcome) -> str:
    unit = "" if series["unit"] in ("/s", "×") else " "
    alone = f"{shown(series['median'])}{unit}{series['unit']}"
    if len(series["values"]) == 1:
        return alone
    return f"{alone} ({shown(series['low'])} – {shown(series['high'])})"


def _goal(goal: Outcome, unit: str) -> str:
    sign = "≥" if goal["sense"] == "at least" else "≤"
    return f"{sign} {shown(goal['bound'])} {'×' if goal['of'] == 'ratio' else unit}"
