"""One year of a city's history, made inside the engine in seconds, and asked in two ways. Runs in the load process.

Every unit goes on and off duty all year, an incident happens every five minutes, and each tells three groups of people.
"""
# ruff: noqa: S608 - every piece of the texts is a constant of this project

import asyncio
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import chdb
from chdb.state.sqlitelike import Connection

from deploy.local.demo.organisation import stations
from services.analytics.adapters import figures_sql
from services.analytics.adapters.clickhouse_history import ClickHouseHistory
from services.analytics.adapters.database import Database
from services.analytics.adapters.rows import moment
from services.analytics.application.ports import Question
from services.analytics.domain.window import Window
from shared.contracts import delivery, duty, incident
from shared.contracts.base import Message
from shared.vocabulary.organisation import StationLevel

ZONE = ZoneInfo("Asia/Shanghai")
CITY = "/440100"
YEAR = Window(datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
UNITS, CHANGES_A_UNIT, INCIDENTS = 23_000, 652, 100_000
DUTY_EVENTS = UNITS * CHANGES_A_UNIT
_STEP_S = YEAR.seconds / CHANGES_A_UNIT
_BODY = '{"unit_id": "u-000001", "location": {"lon": 113.3, "lat": 23.1}, "note": "' + "." * 120 + '"}'
_MERGED_WITHIN_S = 30.0

_COURSE: tuple[tuple[type[Message], str, int, float], ...] = (
    (incident.IncidentReported, "", 0, 0),
    (incident.ReinforcementRequested, "", 1, 0),
    (incident.UnitsConsidered, "", 1, 1),
    (incident.OrderIssued, "a", 1, 1),
    (incident.OrderIssued, "b", 3, 1),
    (incident.OrderAcknowledged, "a", 1, 15),
    (incident.OrderAcknowledged, "b", 3, 18),
    (incident.StageAttained, "", 1, 15),
    (incident.AssigneeArrived, "a", 1, 70),
    (incident.AssigneeArrived, "b", 3, 160),
    (incident.StageAttained, "", 3, 160),
    (incident.IncidentCleared, "", 0, 900),
)
"""Each incident's events: type, order, stage, seconds after the report."""
_PROGRESS = (delivery.DeliveryPlanned, delivery.AttemptEnded, delivery.DeliveryAcknowledged)

_open: list[tuple[ClickHouseHistory, Connection]] = []


def make(folder: str) -> int:
    """Make the year in this folder; how many duty events it has."""
    history = ClickHouseHistory(Database(f"chdb://{folder}"), ZONE)
    asyncio.run(history.prepare())
    bare = chdb.connect(folder)
    bare.query("USE meu")
    for statement in (_stations(), _units(), _duty(), *_incidents(), *_deliveries()):
        bare.query(statement)
    _until_merged(bare)
    _open[:] = [(history, bare)]
    return int(str(bare.query("SELECT count() FROM duty_events")).strip())


def ask_service() -> float:
    """Seconds until the service's own history has measured the year."""
    history, _ = _open[0]
    started = time.perf_counter()
    figures = asyncio.run(history.measure(Question(CITY, YEAR, "none", drill=False)))
    assert sum(figures[""].incidents.values()) == INCIDENTS
    return time.perf_counter() - started


def ask_bare() -> dict[str, float]:
    """Seconds of each of the same queries, straight to the engine."""
    _, bare = _open[0]
    parameters = {
        "path": CITY,
        "start": moment(YEAR.start),
        "end": moment(YEAR.end),
        "drill": "false",
        "zone": str(ZONE),
    }
    queries = (
        figures_sql.incidents,
        figures_sql.orders,
        figures_sql.first_arrivals,
        figures_sql.stages,
        figures_sql.reach,
        figures_sql.registered,
        figures_sql.on_duty,
    )
    took: dict[str, float] = {}
    for query in queries:
        started = time.perf_counter()
        bare.query(query("none"), "JSONEachRow", params=parameters)
        took[query.__name__] = time.perf_counter() - started
    return took


def close() -> None:
    """Let go of the folder."""
    history, bare = _open.pop()
    bare.close()
    asyncio.run(history.close())


def _until_merged(bare: Connection) -> None:
    """A year's parts have long been merged; what was inserted at once is given a moment for it."""
    until = time.monotonic() + _MERGED_WITHIN_S
    while time.monotonic() < until and str(bare.query("SELECT count() FROM system.merges")).strip() != "0":
        time.sleep(0.5)


def _at(after_s: str) -> str:
    return f"toDateTime64('{moment(YEAR.start)}', 6, 'UTC') + toIntervalMicrosecond(toInt64(({after_s}) * 1e6))"


def _police() -> tuple[str, str]:
    """ClickHouse arrays of the stations' ids and paths."""
    police = [station for station in stations() if station.level is StationLevel.STATION]
    return str([station.station_id for station in police]), str([station.path for station in police])


def _head(event_id: str, kind: str, at: str, turn: str) -> str:
    ids, paths = _police()
    place = f"({turn}) % {len(ids.split(','))} + 1"
    return (
        f"{event_id} AS event_id, 0 AS kafka_partition, number AS kafka_offset, {kind} AS type, {at} AS at,"
        f" {ids}[{place}] AS station_id, {paths}[{place}] AS path, '{_BODY}' AS body"
    )


def _stations() -> str:
    ids, _ = _police()
    head = _head("concat('s', toString(number))", "'meu.registry.station.v1'", _at("0"), "number")
    return f"INSERT INTO station_states SELECT {head}, false, 'station' FROM numbers({len(ids.split(','))})"


def _units() -> str:
    head = _head("concat('r', toString(number))", "'meu.registry.unit.v1'", _at("0"), "number")
    return f"INSERT INTO unit_states SELECT {head}, false, concat('u', toString(number)), false FROM numbers({UNITS})"


def _duty() -> str:
    """In turn somebody comes, the unit is on; it is off for an eighth of the time."""
    unit, turn = f"intDiv(number, {CHANGES_A_UNIT})", f"number % {CHANGES_A_UNIT}"
    at = _at(f"{turn} * {_STEP_S} + {unit} % 3600")
    kind = f"if(number % 2 = 0, '{duty.MemberCheckedIn.ce_type()}', '{duty.UnitDutyChanged.ce_type()}')"
    head = _head("concat('d', toString(number))", kind, at, unit)
    return (
        f"INSERT INTO duty_events SELECT {head}, concat('u', toString({unit})), {turn} + 1, 'B',"
        f" if(number % 2 = 0, '', if({turn} % 16 = 15, 'off', 'on')), at + toIntervalHour(30),"
        f" if(number % 2 = 0, concat('m', toString({unit})), ''), 3 FROM numbers({DUTY_EVENTS})"
    )


def _incidents() -> list[str]:
    return [_event(n, *event) for n, event in enumerate(_COURSE, 1)]


def _event(sequence: int, kind: type[Message], order: str, stage: int, after_s: float) -> str:
    every_s = YEAR.seconds / INCIDENTS
    at = _at(f"number * {every_s} * 0.99 + {after_s} * (1 + number % 7 / 7)")
    head = _head(f"concat('i{sequence}-', toString(number))", f"'{kind.ce_type()}'", at, "number")
    order_id = f"concat('{order}', toString(number))" if order else "''"
    assignee = f"'unit', concat('u', toString((number * 2 + {order == 'b'}) % {UNITS}))" if order else "'', ''"
    after = f"{after_s} * (1 + number % 7 / 7)"
    classes = "['rescue', 'public-order', 'accident', 'self-harm'][number % 4 + 1]"
    return (
        f"INSERT INTO incident_events SELECT {head}, concat('i', toString(number)), {sequence}, false, {classes},"
        f" 'minor', {order_id}, {stage}, {after}, {after} - 1, number % 9 > 0, '', {assignee} FROM numbers({INCIDENTS})"
    )


def _deliveries() -> list[str]:
    every_s = YEAR.seconds / INCIDENTS
    statements: list[str] = []
    for sequence, kind in enumerate(_PROGRESS, 1):
        at = _at(f"intDiv(number, 3) * {every_s} * 0.99 + {sequence}")
        head = _head(f"concat('v{sequence}-', toString(number))", f"'{kind.ce_type()}'", at, "number")
        statements.append(
            f"INSERT INTO delivery_events SELECT {head}, concat('v', toString(number)), {sequence}, false,"
            " concat('i', toString(intDiv(number, 3))), 'emergency', 'inbox',"
            " arrayMap(n -> concat('m', toString(number), '-', toString(n)), range(3)), 5"
            f" FROM numbers({3 * INCIDENTS})"
        )
    return statements
