"""What the embedded engine and its driver promise, beyond what every history does."""

import asyncio
import json
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from services.analytics.adapters import audit_sql
from services.analytics.adapters.clickhouse_history import ClickHouseHistory
from services.analytics.adapters.database import Database, Refused
from services.analytics.application.audit_trail import Position as Place
from services.analytics.application.audit_trail import Wanted
from services.analytics.application.ports import HistoryUnavailable, Question, UnitQuestion
from services.analytics.domain.unit_history import Position
from services.analytics.domain.window import Window
from shared.contracts import incident
from shared.contracts.audit import ActionRecorded
from shared.contracts.topics import AUDIT, INCIDENTS
from tests.conformance.analytics.conftest import ROOT, ZONE
from tests.conformance.analytics.happenings import CITY, Writer, after


@pytest.fixture
async def database(tmp_path: Path) -> AsyncGenerator[Database]:
    opened = Database(f"chdb://{tmp_path / 'engine'}")
    yield opened
    await opened.close()


@pytest.mark.parametrize("killed_after", [1, 7, 40])
def test_all_that_was_acknowledged_is_there_after_a_kill(tmp_path: Path, killed_after: int) -> None:
    url = f"chdb://{tmp_path / 'history'}"
    command = [sys.executable, "-m", "tests.conformance.analytics.kept_until_killed", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(killed_after)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in process.stdout.read().split()]
    highest, counted = asyncio.run(_found(url))
    assert highest >= acknowledged[-1]
    assert counted == highest + 1, "there are gaps"


async def _found(url: str) -> tuple[int, int]:
    """The highest offset kept, and how many incidents there are."""
    history = ClickHouseHistory(Database(url), ZONE)
    highest = (await history.kept(INCIDENTS))[0]
    figures = await history.measure(Question(CITY, Window(after(0), after(1)), "none", False))
    await history.close()
    return highest, sum(figures[""].incidents.values())


async def test_wrong_data_is_told_from_what_passes(database: Database) -> None:
    await database.run("CREATE TABLE t (at DateTime64(6, 'UTC')) ENGINE = MergeTree ORDER BY at")
    with pytest.raises(Refused, match="DateTime"):
        await database.insert("t", [{"at": "yesterday"}])
    with pytest.raises(Refused, match="nothing_like_it"):
        await database.ask("SELECT nothing_like_it FROM t")
    assert await database.ask("SELECT count() AS n FROM t") == [{"n": 0}]


@pytest.mark.parametrize("text", ["派出所", "a'b", 'a"b', "a\\b", "a\tb", "a\nb", "{x:String}", "'; DROP TABLE t"])
async def test_parameters_arrive_as_they_are(database: Database, text: str) -> None:
    assert await database.ask("SELECT {given:String} AS given", {"given": text}) == [{"given": text}]


async def test_a_server_that_is_not_there_passes() -> None:
    nowhere = Database("http://127.0.0.1:9/meu")
    with pytest.raises(HistoryUnavailable):
        await nowhere.ask("SELECT 1")
    await nowhere.close()


async def test_a_history_of_an_earlier_release_tells_of_the_orders_in_it(database: Database) -> None:
    history, writer = ClickHouseHistory(database, ZONE), Writer()
    await history.prepare()
    order = {"order_id": "kept-before", "assignee_id": "u", "assignee_kind": "unit"}
    await history.keep(INCIDENTS, [writer.write(incident.OrderIssued, **order)])
    await database.run("ALTER TABLE incident_events DROP COLUMN assignee_kind, DROP COLUMN assignee_id")
    await history.prepare()
    await history.keep(INCIDENTS, [writer.write(incident.OrderIssued, **{**order, "order_id": "kept-after"})])
    found = await history.unit_orders(UnitQuestion("u", after(0), Position(after(1), ""), 10))
    assert {entry.order_id for entry in found} == {"kept-before", "kept-after"}
    await _until_all_parts_hold(database, "assignee_kind", "assignee_id")


async def test_a_migration_that_stopped_half_way_is_finished(database: Database) -> None:
    history, writer = ClickHouseHistory(database, ZONE), Writer()
    await history.prepare()
    await history.keep(INCIDENTS, [writer.write(incident.OrderIssued)])
    await database.run("ALTER TABLE incident_events DROP COLUMN assignee_id")
    await database.run(
        "ALTER TABLE incident_events ADD COLUMN assignee_id String DEFAULT JSONExtractString(body, 'assignee_id')"
    )
    await history.prepare()
    await _until_all_parts_hold(database, "assignee_id")


async def test_a_history_of_this_release_is_not_rewritten(database: Database) -> None:
    history, writer = ClickHouseHistory(database, ZONE), Writer()
    await history.prepare()
    await history.keep(INCIDENTS, [writer.write(incident.OrderIssued)])
    await history.prepare()
    assert await database.ask("SELECT command FROM system.mutations") == []


async def _until_all_parts_hold(database: Database, *columns: str) -> None:
    """The engine rewrites parts when it has time. Until then each question parses the body of every row."""
    lacking = """
        SELECT name FROM system.parts_columns
        WHERE database = currentDatabase() AND table = 'incident_events' AND active
        GROUP BY name HAVING NOT hasAll(groupArray(column), {columns:Array(String)})"""
    async with asyncio.timeout(10):
        while await database.ask(lacking, {"columns": list(columns)}):
            await asyncio.sleep(0.02)


async def test_rows_are_parsed_beside_the_event_loop(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []

    def loads(line: bytes) -> object:
        threads.append(threading.current_thread().name)
        return json.JSONDecoder().decode(line.decode())

    monkeypatch.setattr("services.analytics.adapters.database.json.loads", loads)
    assert await database.ask("SELECT toUInt8(number) AS n FROM numbers(2)") == [{"n": 0}, {"n": 1}]
    assert threads
    assert threading.current_thread().name not in threads


@pytest.mark.parametrize("before", [None, Place(after(1), "chain", 1)])
async def test_a_page_of_the_audit_is_read_from_its_newest_on_by_servers_that_do_not_do_that_with_final(
    database: Database, before: Place | None
) -> None:
    """As ClickHouse before 26.9: https://github.com/ClickHouse/ClickHouse/issues/58035."""
    history, writer = ClickHouseHistory(database, ZONE), Writer()
    await history.prepare()
    for number in range(2):
        await history.keep(AUDIT, [writer.write(ActionRecorded, number=number + 1)])
    query, parameters = audit_sql.actions(Wanted(CITY, Window(after(0), after(9))), before, 10)
    as_older = "SETTINGS optimize_read_in_reverse_order_final = 0"
    plan = await database.ask(f"EXPLAIN actions = 1 {query} {as_older}", parameters)
    assert any("InReverseOrder" in row["explain"] for row in plan), plan


def test_a_second_process_waits_for_the_first(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.conformance.analytics.kept_until_killed", f"chdb://{tmp_path / 'engine'}"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        first.stdout.readline()
        second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        first.kill()
    assert second.returncode != 0
    assert "HistoryUnavailable" in second.stderr
