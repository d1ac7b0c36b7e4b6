"""`meu` as an operator types it, against a running system."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator
from pathlib import Path

import httpx
import pytest
from kafka import KafkaProducer

from deploy.local import VAR
from deploy.local.system import System
from shared.contracts.topics import CHECKIN_COMMANDS
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role

pytestmark = pytest.mark.timeout(180)

OPERATOR = Principal("operator-1", Role.OPERATOR, "/440100")
POISON = b"[/red] no JSON"
STATIONS = """code,name,level,parent,lon,lat
440100,市局,city,,113.2644,23.1291
440106,天河分局,district,440100,113.3612,23.1247
"""
WRONG = """code,name,level,parent,lon,lat
440112,黄埔分局,district,440100,113.4800,95
"""

Meu = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def system() -> Generator[System]:
    directory = VAR / "tmp" / f"meu-{os.getpid()}"
    with System(directory / "data", logs=directory / "log", http_port=None) as running:
        yield running


@pytest.fixture
def meu(system: System) -> Meu:
    environment = {
        **os.environ,
        "MEU_URL": system.base_url,
        "KAFKA_BOOTSTRAP": system.kafka_bootstrap,
        "REDIS_URL": system.redis_url,
        "MEU_TOKEN": system.issue(OPERATOR),
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from deploy.local.cli.main import main; main()", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    return run


def until_it_says(meu: Meu, wanted: str, *words: str) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        said = meu(*words)
        assert said.returncode == 0, said.stdout + said.stderr
        if wanted in said.stdout:
            return said.stdout
    pytest.fail(f"meu {' '.join(words)} never said {wanted!r}, but: {said.stdout}")


def test_status_shows_every_worker_with_its_partitions_lag_and_last_tick(meu: Meu) -> None:
    for worker in ("checkin", "dispatch", "notify"):
        until_it_says(meu, f"{worker}.", "status")
    lines = until_it_says(meu, "meu.checkin.commands.v1", "status").splitlines()
    rows = [[cell.strip() for cell in line.strip("│ ").split("│")] for line in lines]
    (cells,) = [row for row in rows if row[1:3] == ["checkin.decide", CHECKIN_COMMANDS.name]]
    assert cells[3] == str(CHECKIN_COMMANDS.partitions)
    assert cells[5].endswith(" s"), "the age of its last tick"
    port = cells[6].removeprefix(":").removesuffix("/metrics")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert "meu_ledger_step_seconds" in answer.read().decode()


def test_topics_are_as_declared(meu: Meu) -> None:
    said = meu("topics", "check")
    assert (said.returncode, said.stdout.strip()) == (0, "every topic is as declared")


def test_a_dead_letter_is_listed_shown_and_replayed(meu: Meu, system: System) -> None:
    producer = KafkaProducer(bootstrap_servers=system.kafka_bootstrap)
    producer.send(CHECKIN_COMMANDS.name, POISON, key=b"unit-1", headers=[("ce_id", b"poison-1")]).get(timeout=30)
    producer.close()
    until_it_says(meu, CHECKIN_COMMANDS.name, "dlq", "list")
    shown = meu("dlq", "show", CHECKIN_COMMANDS.name, "0")
    assert POISON.decode() in shown.stdout, shown.stderr
    assert "dlq_reason" in shown.stdout
    assert f"published to {CHECKIN_COMMANDS.name}/" in meu("dlq", "replay", CHECKIN_COMMANDS.name, "0").stdout
    counted = until_it_says(meu, "│ 2 ", "status")
    assert "checkin.commands" in counted


def test_what_does_not_answer_is_said_in_plain_words(meu: Meu, system: System) -> None:
    assert system.backends.redis is not None
    system.backends.redis.kill()
    said = meu("status")
    assert said.returncode == 1
    assert "The system does not answer: ConnectionError" in said.stdout
    assert "Traceback" not in said.stderr
    assert system.mend() == ["redis"]
    assert meu("status").returncode == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("dlq", "show", "no.such.topic", "0"), "no.such.topic is no declared topic"),
        (("dlq", "show", CHECKIN_COMMANDS.name, "99"), "has no record at offset 99"),
        (("token", "operator", "--subject", "x", "--path", "nowhere"), "nowhere is no organisation path"),
    ],
)
def test_a_mistake_is_answered_in_plain_words(meu: Meu, words: tuple[str, ...], complaint: str) -> None:
    said = meu(*words)
    assert said.returncode == 1
    assert complaint in said.stdout
    assert "Traceback" not in said.stderr


def test_a_file_is_imported_or_its_wrong_cells_are_listed(meu: Meu, system: System, tmp_path: Path) -> None:
    good, wrong = tmp_path / "good.csv", tmp_path / "wrong.csv"
    good.write_text(STATIONS)
    wrong.write_text(WRONG)
    said = meu("import", "stations", str(good))
    assert said.returncode == 0, said.stdout + said.stderr
    said = meu("import", "stations", str(wrong))
    assert said.returncode == 1
    assert "lat" in said.stdout
    headers = {"Authorization": f"Bearer {system.issue(OPERATOR)}"}
    stations = httpx.get(f"{system.base_url}/checkin/v1/stations", headers=headers).json()["items"]
    assert {station["station_id"] for station in stations} == {"440100", "440106"}


def test_a_token_is_printed_for_whoever_is_named(meu: Meu) -> None:
    said = meu("token", "officer", "--subject", "officer-7", "--path", "/440100/440106", "--station", "440106")
    assert said.returncode == 0, said.stderr
    assert len(said.stdout.strip().split(".")) == 3


def test_a_rebuild_drops_a_services_state_and_its_workers_go_on(meu: Meu) -> None:
    said = meu("rebuild", "dispatch")
    assert said.returncode == 0, said.stderr
    assert "keys dropped" in said.stdout
    until_it_says(meu, "dispatch.decide", "status")
