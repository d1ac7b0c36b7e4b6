"""The run's own files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.chaos.checker.evidence import Fault, Injected, LagSample, Operation, RunFacts, SinkCall
from tests.chaos.checker.log import Place, fix_key
from tests.chaos.checker.times import moment

Line = dict[str, Any]


def operations(directory: Path) -> tuple[Operation, ...]:
    """What every client did, by file and line."""
    return tuple(
        _operation(f"{file.name}:{number}", line)
        for file in sorted((directory / "clients").glob("*.jsonl"))
        for number, line in enumerate(_lines(file), 1)
    )


def faults(directory: Path) -> tuple[Fault, ...]:
    """In the order in which they began."""
    return tuple(sorted((_fault(line) for line in _lines(directory / "faults.jsonl")), key=lambda f: f.at_us))


def injected(directory: Path) -> tuple[Injected, ...]:
    """Records that the fault injector wrote."""
    return tuple(
        Injected(line["kind"], _place(line), None if line.get("of") is None else _place(line["of"]))
        for line in _lines(directory / "injected.jsonl")
    )


def sink_calls(directory: Path) -> tuple[SinkCall, ...]:
    """In the order in which they came."""
    calls = (
        SinkCall(
            at_us=moment(line["at"]),
            channel=line["channel"],
            id=line["id"],
            webhook_id=line["webhook_id"],
            to=tuple(line["to"]),
            answered=line["answered"],
        )
        for line in _lines(directory / "sink.jsonl")
    )
    return tuple(sorted(calls, key=lambda call: call.at_us))


def lag_samples(directory: Path) -> tuple[LagSample, ...]:
    """In the order in which they were taken."""
    return tuple(
        LagSample(moment(line["at"]), line["group"], line["topic"], line["lag"])
        for line in _lines(directory / "lag.jsonl")
    )


def facts(directory: Path) -> RunFacts:
    """`run.json`. KeyError when it does not say when the run had come to rest."""
    said = json.loads((directory / "run.json").read_text("utf-8"))
    return RunFacts(
        seed=said["seed"],
        begun_us=moment(said["begun"]),
        load_ended_us=moment(said["load_ended"]),
        last_fault_ended_us=moment(said["last_fault_ended"]),
        rest_at_us=moment(said["rest_at"]),
    )


def _operation(where: str, line: Line) -> Operation:
    settled = line["settled"]
    is_settled = settled is not None and 200 <= settled["status"] < 500 and settled["status"] != 202
    last = settled if is_settled else line
    return Operation(
        where=where,
        op=line["op"],
        key=line["key"],
        by=line["by"],
        path=line["path"],
        final=last["status"],
        statuses=tuple(line["statuses"]),
        code=last["code"],
        aggregate=line["aggregate"],
        fixes=_accepted_fixes(line) if line["op"] == "positions" and line["status"] == 202 else (),
    )


def _accepted_fixes(line: Line) -> tuple[int, ...]:
    rejected = {item["index"] for item in line["body"]["rejected"]}
    return tuple(
        fix_key(fix["unit_id"], fix["member_id"], moment(fix["time"]))
        for index, fix in enumerate(line["request"]["fixes"])
        if index not in rejected
    )


def _fault(line: Line) -> Fault:
    at = moment(line["at"])
    return Fault(at, moment(line["until"]) if line["until"] else at, line["kind"], str(line["target"]))


def _place(line: Line) -> Place:
    return Place(line["topic"], line["partition"], line["offset"])


def _lines(file: Path) -> Iterator[Line]:
    """The lines of a file; a file that nothing was written to need not be there."""
    if not file.exists():
        return
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
