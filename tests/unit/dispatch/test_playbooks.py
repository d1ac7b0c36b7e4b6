"""The playbooks that are shipped, and what is said of broken ones."""

import shutil
from pathlib import Path

import pytest

from services.dispatch.adapters.yaml_playbooks import SHIPPED, PlaybookInvalid, YamlPlaybooks
from services.dispatch.application.playbooks import with_times_scaled
from shared.vocabulary.terms import AssigneeKind, EquipmentKind, IncidentClass, Severity

KINDS = [(incident_class, severity) for incident_class in IncidentClass for severity in Severity]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "playbooks"))


def change(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(("incident_class", "severity"), KINDS)
def test_there_is_a_playbook_for_every_kind_of_incident(incident_class: IncidentClass, severity: Severity) -> None:
    playbook = YamlPlaybooks().playbook_for(incident_class, severity)
    assert playbook.incident_class is incident_class
    assert any(stage.need.assignee is AssigneeKind.UNIT for stage in playbook.stages)


def test_serious_violence_sends_the_police_at_once_and_nobody_unarmed() -> None:
    playbook = YamlPlaybooks().playbook_for(IncidentClass.SERIOUS_VIOLENCE, Severity.CRITICAL)
    [police] = [stage for stage in playbook.stages if stage.need.assignee is AssigneeKind.POLICE]
    assert police.starts_after_s == 0
    assert playbook.threat is not None
    assert playbook.threat.others_observe
    assert EquipmentKind.SHIELD in playbook.threat.equipment


def test_a_search_is_broadcast_to_the_districts_units_and_the_citys_police() -> None:
    playbook = YamlPlaybooks().playbook_for(IncidentClass.MISSING_PERSON, Severity.SERIOUS)
    assert playbook.broadcast is not None
    assert playbook.broadcast.audiences == ("district-units", "city-police")


def test_four_units_gather_where_somebody_may_hurt_themselves() -> None:
    playbook = YamlPlaybooks().playbook_for(IncidentClass.SELF_HARM, Severity.SERIOUS)
    assert sum(s.need.count for s in playbook.stages if s.need.assignee is AssigneeKind.UNIT) == 4


def test_compressed_time_scales_every_time_and_nothing_else() -> None:
    playbook = YamlPlaybooks().playbook_for(IncidentClass.MISSING_PERSON, Severity.SERIOUS)
    scaled = with_times_scaled(playbook, 0.1)
    assert [(s.starts_after_s, s.due_after_s) for s in scaled.stages] == [(0, 18), (0, 30), (30, 120)]
    assert (scaled.silence_s, scaled.retry_s) == (3, 3)
    assert with_times_scaled(with_times_scaled(playbook, 0.5), 2) == playbook


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("due_after_s: 60", "due_after_s: 0", "rescue.yaml: stages.0.due_after_s: Input should be greater than 0"),
        ("tell: [station]", "tel: [station]", "rescue.yaml: tel: Extra inputs are not permitted"),
        ("assignee: police", "assignee: fire", "rescue.yaml: stages.2.need.assignee:"),
        ("starts_after_s: 60", "starts_after_s: 300", "rescue.yaml: stages.2.starts_after_s: must be before"),
        ("number: 3", "number: 1", "rescue.yaml: stages: two have the same number"),
        ("police, count: 1", "police, count: 2", "rescue.yaml: stages.2.need.count:"),
        ("stages:", "stages: [", "rescue.yaml: no YAML"),
        ("[minor, ", "[", "no playbook for rescue/minor"),
        ("incident_class: rescue", "incident_class: accident", "rescue.yaml: severities: accident/minor is in acc"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_field(folder: Path, old: str, new: str, said: str) -> None:
    change(folder, "rescue.yaml", old, new)
    with pytest.raises(PlaybookInvalid) as caught:
        YamlPlaybooks(folder)
    assert said in str(caught.value)


def test_an_empty_folder_is_no_set_of_playbooks(tmp_path: Path) -> None:
    with pytest.raises(PlaybookInvalid, match=r"has no \*\.yaml"):
        YamlPlaybooks(tmp_path)
