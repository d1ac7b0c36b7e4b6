"""What people read."""

from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.notify.adapters.yaml_texts import HERE, LANGUAGES, YamlTexts
from services.notify.application.audiences import OfficersWithin, OnDutyWithin, broadcast_audience, level_path
from shared.vocabulary.terms import IncidentClass, Severity

TEMPLATES: list[str] = list(yaml.safe_load((HERE / "en.yaml").read_text("utf-8"))["templates"])
VALUES: dict[str, Any] = {
    "incident_class": "missing-person",
    "severity": "critical",
    "description": "D",
    "reason": "stage-missed",
    "distance_m": 120,
    "number": "0042",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_text_has_its_number_and_no_code(template: str, language: str) -> None:
    text = YamlTexts().render(template, language, drill=False, values=VALUES)
    assert "0042" in text
    assert not [code for code in ("missing-person", "stage-missed", "{", "}") if code in text]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "terms"), [("incident_class", IncidentClass), ("severity", Severity)])
def test_every_class_and_severity_has_its_word(language: str, name: str, terms: type[StrEnum]) -> None:
    words = yaml.safe_load((HERE / f"{language}.yaml").read_text("utf-8"))["words"][name]
    assert {term.value for term in terms} <= set(words)


def test_a_text_of_a_person_is_not_a_template() -> None:
    values = {**VALUES, "description": "{number} {secret}"}
    assert YamlTexts().render("report", "en", drill=False, values=values).endswith("{number} {secret}")


def test_an_unknown_reason_is_shown_as_it_is() -> None:
    text = YamlTexts().render("stand-down", "en", drill=False, values={**VALUES, "reason": "weather"})
    assert "weather" in text


def test_languages_must_have_the_same_templates(tmp_path: Path) -> None:
    for language in LANGUAGES:
        wording = yaml.safe_load((HERE / f"{language}.yaml").read_text("utf-8"))
        if language == "en":
            del wording["templates"]["recall"]
        (tmp_path / f"{language}.yaml").write_text(yaml.safe_dump(wording, allow_unicode=True), "utf-8")
    with pytest.raises(ValueError, match="recall"):
        YamlTexts(tmp_path)


@pytest.mark.parametrize(
    ("level", "path"),
    [("city", "/440100"), ("district", "/440100/440106"), ("station", "/440100/440106/440106007")],
)
def test_a_level_is_a_node_of_the_path(level: str, path: str) -> None:
    assert level_path("/440100/440106/440106007", level) == path
    assert level_path("/440100", level) == "/440100"


@pytest.mark.parametrize(
    ("code", "audience"),
    [
        ("station-units", OnDutyWithin("/440100/440106/440106007")),
        ("district-units", OnDutyWithin("/440100/440106")),
        ("city-units", OnDutyWithin("/440100")),
        ("city-police", OfficersWithin("/440100")),
    ],
)
def test_a_broadcasts_audience_is_seen_from_the_incidents_node(code: str, audience: object) -> None:
    assert broadcast_audience(code, "/440100/440106/440106007") == audience
