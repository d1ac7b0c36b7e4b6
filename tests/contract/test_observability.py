"""Dashboard, alerts and their page name only what the code measures, and all of it."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from services.analytics import bootstrap as analytics
from services.checkin import bootstrap as checkin
from services.dispatch import bootstrap as dispatch
from services.notify import bootstrap as notify
from shared.contracts.topics import PARTITIONS
from tests.contract.promtool import find_promtool

ROOT = Path(__file__).parents[2]
DEPLOYED = ROOT / "deploy" / "observability"
CASES = Path(__file__).parent / "alert_cases.yaml"
SERVICES = (analytics, checkin, dispatch, notify)  # imported, so that what they measure is registered

ALERTS = yaml.safe_load((DEPLOYED / "alerts.yaml").read_text("utf-8"))
DASHBOARD = json.loads((DEPLOYED / "dashboard.json").read_text("utf-8"))
PAGE = (ROOT / "docs" / "observability.md").read_text("utf-8")

OF_TARGETS = {"job", "instance", "process"}
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
DURATION = re.compile(r"[1-9][0-9]*[smh]")


@dataclass(frozen=True)
class Metric:
    """As the code declares it."""

    name: str
    kind: str
    labels: tuple[str, ...]


def metrics() -> dict[str, Metric]:
    # The client library has no public way to ask for a metric's label names.
    declared = [c for c in REGISTRY._collector_to_names if isinstance(c, MetricWrapperBase)]
    return {c._name: Metric(c._name, c._type, tuple(c._labelnames)) for c in declared if c._name.startswith("meu_")}


def samples() -> dict[str, set[str]]:
    """Sample name → the labels that it has."""
    found = {"up": OF_TARGETS}
    for metric in metrics().values():
        for suffix in SUFFIXES[metric.kind]:
            found[metric.name + suffix] = {*metric.labels, *OF_TARGETS, *(["le"] if suffix == "_bucket" else [])}
    for family in REGISTRY.collect():
        if family.name.startswith("process_"):
            found.update({sample.name: OF_TARGETS for sample in family.samples})
    return found


def panels() -> list[dict[str, Any]]:
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def rules() -> list[dict[str, Any]]:
    return [rule for group in ALERTS["groups"] for rule in group["rules"]]


def expressions() -> Iterator[tuple[str, str]]:
    for panel in panels():
        for target in panel["targets"]:
            yield f"panel {panel['title']} {target['refId']}", target["expr"]
    for rule in rules():
        yield f"alert {rule['alert']}", rule["expr"]


EXPRESSIONS = [pytest.param(expr, id=name) for name, expr in expressions()]


def used(expression: str) -> dict[str, set[str]]:
    """Sample name → the labels by which it is selected."""
    bare = re.sub(r'"[^"]*"', '""', expression)
    found: dict[str, set[str]] = {}
    for name, selector in re.findall(r"\b((?:meu|process)_\w+|up(?=\{))\s*(\{[^}]*\})?", bare):
        found.setdefault(name, set()).update(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector))
    return found


def grouped_by(expression: str) -> set[str]:
    names = ",".join(re.findall(r"\b(?:by|ignoring)\s*\(([^)]*)\)", expression))
    return {name.strip() for name in names.split(",") if name.strip()}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_asked_for_is_measured_with_those_labels(expression: str) -> None:
    known, asked = samples(), used(expression)
    assert asked
    assert asked.keys() <= known.keys()
    for name, labels in asked.items():
        assert labels <= known[name], name
        assert grouped_by(expression) <= known[name], name


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_counter_is_never_read_but_as_a_rate_or_an_increase(expression: str) -> None:
    counters = [name for name in used(expression) if name.endswith(("_total", "_bucket", "_sum", "_count"))]
    for name in counters:
        everywhere = len(re.findall(rf"\b{name}\b", expression))
        assert len(re.findall(rf"\b(?:rate|increase)\s*\(\s*{name}\b", expression)) == everywhere, name


def test_every_metric_is_explained_as_the_code_has_it() -> None:
    rows = re.findall(r"^\| `(meu_\w+)` \| (\w+) \| ((?:`\w+`(?:, )?)*) \| (.{15,}) \|$", PAGE, re.MULTILINE)
    explained = {name: Metric(name, kind, tuple(re.findall(r"`(\w+)`", labels))) for name, kind, labels, _ in rows}
    assert len(rows) == len(explained) == len(re.findall(r"^\| `meu_", PAGE, re.MULTILINE))
    assert explained == metrics()


def test_every_metric_is_on_the_dashboard() -> None:
    shown = {name for panel in panels() for target in panel["targets"] for name in used(target["expr"])}
    for metric in metrics().values():
        assert shown & {metric.name + suffix for suffix in SUFFIXES[metric.kind]}, metric.name


def test_times_are_measured_in_seconds_and_no_label_names_one_of_many() -> None:
    for metric in metrics().values():
        assert metric.kind != "histogram" or metric.name.endswith("_seconds"), metric.name
        assert not any(label.endswith("_id") or label == "id" for label in metric.labels), metric.name


@pytest.mark.parametrize("panel", [pytest.param(panel, id=panel["title"]) for panel in panels()])
def test_a_panel_says_what_it_shows_in_which_unit_from_the_chosen_source(panel: dict[str, Any]) -> None:
    assert len(panel["description"]) >= 10
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    for target in panel["targets"]:
        assert target["datasource"] == panel["datasource"]
        named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
        assert named <= grouped_by(target["expr"])


def test_the_dashboard_has_a_row_for_each_question_and_no_panel_over_another() -> None:
    assert [p["title"] for p in DASHBOARD["panels"] if p["type"] == "row"] == [
        "Does help arrive in time?",
        "Is anything stuck?",
        "Is anything lost?",
        "How fast?",
        "How full?",
    ]
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in DASHBOARD["panels"]]
    assert len(places) == len(set(places)) == len({p["id"] for p in DASHBOARD["panels"]})
    assert [v["name"] for v in DASHBOARD["templating"]["list"]] == ["datasource", "drill"]


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule["alert"]) for rule in rules()])
def test_an_alert_says_how_grave_it_is_why_it_matters_and_what_to_do_first(rule: dict[str, Any]) -> None:
    assert rule.keys() == {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"([A-Z][a-z]+)+", rule["alert"])
    assert DURATION.fullmatch(rule["for"])
    assert rule["labels"].keys() == {"severity"}
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"].keys() == {"summary", "description"}
    assert len(re.findall(r"[.:;?]", rule["annotations"]["description"])) >= 2


def test_alerts_have_names_of_their_own_and_those_they_point_at_exist() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))
    told = " ".join(rule["annotations"]["description"] for rule in rules())
    assert set(re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", told)) <= {*names}


def test_alerts_and_dashboard_know_how_many_partitions_there_are() -> None:
    without_owner = next(rule for rule in rules() if rule["alert"] == "PartitionWithoutOwner")
    assert without_owner["expr"].endswith(f"< {PARTITIONS}")


def test_every_service_of_the_compose_file_is_asked_for_its_metrics() -> None:
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    ours = {name for name, service in composed.items() if "services." in str(service.get("command"))}
    scraped = yaml.safe_load((DEPLOYED / "prometheus.yaml").read_text("utf-8"))
    named = [name for job in scraped["scrape_configs"] for name in job["dns_sd_configs"][0]["names"]]
    assert sorted(named) == sorted(ours)
    assert scraped["rule_files"] == ["alerts.yaml"]


@pytest.fixture(scope="module")
def promtool() -> Path:
    found = find_promtool()
    if found is None:
        pytest.skip("no promtool on PATH, and Debian's package cannot be had")
    return found


def accepted(promtool: Path, *arguments: str | Path) -> None:
    done = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_accepts_the_configuration_and_its_rules(promtool: Path) -> None:
    accepted(promtool, "check", "config", DEPLOYED / "prometheus.yaml")


def test_promtool_finds_the_alerts_raised_by_what_should_raise_them(promtool: Path) -> None:
    accepted(promtool, "test", "rules", CASES)


def test_promtool_can_read_every_expression_of_the_dashboard(promtool: Path, tmp_path: Path) -> None:
    recorded = [
        {"record": f"panel:{number}", "expr": expr.replace("$__rate_interval", "5m").replace("$__range", "1h")}
        for number, (name, expr) in enumerate(expressions())
        if name.startswith("panel")
    ]
    file = tmp_path / "panels.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}), "utf-8")
    accepted(promtool, "check", "rules", file)
