"""The runs that count, as `docs/reliability.md` shows them. `docs/reliability.json` keeps them."""

import json
import subprocess
from pathlib import Path
from typing import Any

KEPT = 3
PAGE, RUNS = Path("docs/reliability.md"), Path("docs/reliability.json")
BEGIN, END = "<!-- runs: begin -->", "<!-- runs: end -->"
Json = dict[str, Any]


def keep(directory: Path) -> None:
    """Add the run of this directory to those that are shown; the newest come first, and only so many stay."""
    run = summary(_read(directory / "run.json"), _read(directory / "verdict.json"), _read(directory / "load.json"))
    runs: list[Json] = _read(RUNS) if RUNS.exists() else []
    runs = [run, *(other for other in runs if other["seed"] != run["seed"])][:KEPT]
    RUNS.write_text(json.dumps(runs, indent=1, ensure_ascii=False) + "\n")
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{rendered(runs)}\n{END}{after}")


def summary(facts: Json, verdict: Json, load: Json) -> Json:
    """What is worth keeping of a run."""
    rules = verdict["rules"]
    return {
        "seed": facts["seed"],
        "minutes": round(facts["minutes"], 1),
        "at": facts["begun"][:16].replace("T", " "),
        "commit": _commit(),
        "units": facts["units"],
        "a_second": facts["a_second"],
        "holds": verdict["holds"],
        "faults": verdict["faults"],
        "operations": rules["accepted-is-kept"]["figures"].get("operations", {}),
        "left_out": load["left_out"],
        "rules": {name: [rule["checked"], rule["violations"]] for name, rule in rules.items()},
        "lateness_s": rules["deadlines"]["figures"].get("lateness, s", {}),
        "waits_s": rules["stalls"]["figures"].get("waits, s", {}),
    }


def rendered(runs: list[Json]) -> str:
    """The tables of all runs, one beside the other."""
    heads = [f"seed {run['seed']}" for run in runs]
    first = [
        _row("begun (UTC), commit", [f"{run['at']}, {run['commit']}" for run in runs]),
        _row("units; check-ins, fixes, incidents a second", [_load(run) for run in runs]),
        _row("minutes of faults", [str(run["minutes"]) for run in runs]),
        _row("verdict", ["no violation" if run["holds"] else "**violations**" for run in runs]),
    ]
    parts = [
        _table("run", heads, first),
        _table("faults made", heads, _counts(runs, "faults")),
        _table("operations", heads, _counts(runs, "operations")),
        _table("rule: checked / violations", heads, _rules(runs)),
        _table("lateness of deadlines: p99 / worst, s", heads, _spreads(runs, "lateness_s")),
        _table("wait of a decided record: p99 / worst, s", heads, _spreads(runs, "waits_s")),
    ]
    return "\n".join(parts)


def _load(run: Json) -> str:
    return f"{run['units']:,}; {', '.join(f'{rate:g}' for rate in run['a_second'])}"


def _counts(runs: list[Json], of: str) -> list[str]:
    names = sorted({name for run in runs for name in run[of]})
    return [_row(name, [f"{run[of].get(name, 0):,}" for run in runs]) for name in names]


def _rules(runs: list[Json]) -> list[str]:
    names = list(runs[0]["rules"])
    return [
        _row(name, [" / ".join(f"{count:,}" for count in run["rules"].get(name, [])) for run in runs]) for name in names
    ]


def _spreads(runs: list[Json], of: str) -> list[str]:
    names = sorted({name for run in runs for name in run[of]})
    return [_row(name, [_spread(run[of].get(name)) for run in runs]) for name in names]


def _spread(values: Json | None) -> str:
    return "–" if values is None else f"{values['p99']:.2f} / {values['worst']:.2f}"


def _table(title: str, heads: list[str], rows: list[str]) -> str:
    return "\n".join([_row(title, heads), _row("---", ["---"] * len(heads)), *rows, ""])


def _row(name: str, cells: list[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _read(path: Path) -> Any:
    return json.loads(path.read_text())
