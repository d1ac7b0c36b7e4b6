"""The AsyncAPI document, judged by AsyncAPI's own parser."""

import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from deploy.local import VAR
from shared.contracts.generate import ASYNCAPI, HERE
from shared.contracts.topics import TOPICS
from tests.contract.node import find_node

VALIDATOR = Path(__file__).parent / "asyncapi_validator"
DOCUMENT = HERE / ASYNCAPI


@pytest.fixture(scope="session")
def validator() -> Path:
    """The parser, installed as its lock says; once for each lock."""
    lock = (VALIDATOR / "package-lock.json").read_bytes()
    folder = VAR / "cache" / f"asyncapi-validator-{sha256(lock).hexdigest()[:12]}"
    if not (folder / "installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(VALIDATOR / name, folder)
        node = find_node()
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(VAR / "cache" / "npm"))
        subprocess.run([*node.npm, "ci", *options], cwd=folder, env=node.environment(), check=True, timeout=240)
        (folder / "installed").touch()
    shutil.copy(VALIDATOR / "validate.mjs", folder)
    return folder


def _validate(validator: Path, document: Path) -> subprocess.CompletedProcess[str]:
    command = [find_node().node, "validate.mjs", str(document)]
    return subprocess.run(command, cwd=validator, capture_output=True, text=True, timeout=120, check=False)


def _document() -> Any:
    return json.loads(DOCUMENT.read_text("utf-8"))


@pytest.mark.timeout(400)
def test_the_official_parser_accepts_the_document(validator: Path) -> None:
    result = _validate(validator, DOCUMENT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.timeout(400)
def test_the_official_parser_refuses_a_dangling_message(validator: Path, tmp_path: Path) -> None:
    document = _document()
    del document["components"]["messages"]["meu.checkin.check-in.v1"]
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(document), "utf-8")
    result = _validate(validator, broken)
    assert result.returncode == 1
    assert "meu.checkin.check-in.v1" in result.stdout


def test_channels_say_what_brokers_must_be_told() -> None:
    channels = _document()["channels"]
    assert set(channels) == {topic.name for topic in TOPICS}
    for topic in TOPICS:
        kafka = channels[topic.name]["bindings"]["kafka"]
        assert kafka["partitions"] == topic.partitions
        assert kafka["topicConfiguration"]["retention.ms"] == topic.retention_ms


def test_every_writer_sends_and_every_reader_receives() -> None:
    operations = _document()["operations"].values()
    told = {(o["tags"][0]["name"], o["action"], o["channel"]["$ref"].removeprefix("#/channels/")) for o in operations}
    declared = {(topic.writer, "send", topic.name) for topic in TOPICS}
    declared |= {(reader, "receive", topic.name) for topic in TOPICS for reader in topic.readers}
    assert told == declared
