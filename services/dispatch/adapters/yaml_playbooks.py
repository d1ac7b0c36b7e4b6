"""Playbooks from YAML files, one a file. Whatever is wrong is named by file and field."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from pydantic import ValidationError

from shared.contracts.playbook import Playbook, Stage
from shared.vocabulary.terms import AssigneeKind, IncidentClass, Severity

SHIPPED = Path(__file__).parents[1] / "playbooks"


class PlaybookInvalid(ValueError):
    """A playbook that cannot be followed. The text has a line for each `file: field: reason`."""


class YamlPlaybooks:
    """All the `*.yaml` of a folder, read once. Raises PlaybookInvalid."""

    def __init__(self, folder: Path = SHIPPED) -> None:
        self._by_kind: Mapping[tuple[IncidentClass, Severity], Playbook] = _by_kind(folder)

    def playbook_for(self, incident_class: IncidentClass, severity: Severity) -> Playbook:
        return self._by_kind[incident_class, severity]


def _by_kind(folder: Path) -> dict[tuple[IncidentClass, Severity], Playbook]:
    files = sorted(folder.glob("*.yaml"))
    faults: list[str] = [] if files else [f"{folder}: has no *.yaml"]
    found: dict[tuple[IncidentClass, Severity], tuple[Playbook, str]] = {}
    for file in files:
        try:
            playbook = _read(file)
        except PlaybookInvalid as error:
            faults.append(str(error))
            continue
        for severity in playbook.severities:
            kind = (playbook.incident_class, severity)
            if kind in found:
                faults.append(f"{file.name}: severities: {_shown(kind)} is in {found[kind][1]} already")
            found[kind] = (playbook, file.name)
    if not faults:
        faults = [f"{folder}: no playbook for {_shown(kind)}" for kind in _all_kinds() if kind not in found]
    if faults:
        raise PlaybookInvalid("\n".join(faults))
    return {kind: playbook for kind, (playbook, _) in found.items()}


def _read(file: Path) -> Playbook:
    try:
        playbook = Playbook.model_validate(yaml.safe_load(file.read_text("utf-8")), extra="forbid")
    except (yaml.YAMLError, UnicodeError) as error:
        raise PlaybookInvalid(f"{file.name}: no YAML: {error}") from error
    except ValidationError as error:
        raise PlaybookInvalid("\n".join(f"{file.name}: {where}: {why}" for where, why in _fields(error))) from error
    faults = list(_contradictions(playbook))
    if faults:
        raise PlaybookInvalid("\n".join(f"{file.name}: {fault}" for fault in faults))
    return playbook


def _fields(error: ValidationError) -> Iterator[tuple[str, str]]:
    for problem in error.errors():
        yield ".".join(str(part) for part in problem["loc"]) or "(the file)", problem["msg"]


def _contradictions(playbook: Playbook) -> Iterator[str]:
    numbers = [stage.number for stage in playbook.stages]
    if len(set(numbers)) != len(numbers):
        yield "stages: two have the same number"
    for index, stage in enumerate(playbook.stages):
        yield from (f"stages.{index}.{fault}" for fault in _stage_contradictions(stage))


def _stage_contradictions(stage: Stage) -> Iterator[str]:
    if stage.starts_after_s >= stage.due_after_s:
        yield "starts_after_s: must be before due_after_s"
    if stage.need.assignee is AssigneeKind.POLICE and stage.need.count != 1:
        yield "need.count: a station has one police, so 1"


def _all_kinds() -> Iterator[tuple[IncidentClass, Severity]]:
    return ((incident_class, severity) for incident_class in IncidentClass for severity in Severity)


def _shown(kind: tuple[IncidentClass, Severity]) -> str:
    return f"{kind[0].value}/{kind[1].value}"
