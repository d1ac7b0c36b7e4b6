"""The history's tables, in the folder of the embedded engine. It admits one process: nobody else may have it open."""

import json
from pathlib import Path

from chdb.session import Session

from tests.chaos.checker.contracts import DELIVERIES, DUTY, INCIDENTS, STATES
from tests.chaos.checker.evidence import Kept

TABLES = {
    DUTY: ("duty_events", "unit_id", "sequence"),
    INCIDENTS: ("incident_events", "incident_id", "sequence"),
    DELIVERIES: ("delivery_events", "delivery_id", "sequence"),
    STATES["station"]: ("station_states", "station_id", "0"),
    STATES["unit"]: ("unit_states", "unit_id", "0"),
}
"""By topic: the table, its column of subjects, and its sequence."""


def history(folder: Path) -> dict[str, list[Kept]]:
    """By topic, the rows that a reader of the tables sees."""
    session = Session(str(folder))
    try:
        return {topic: _rows(session, *table) for topic, table in TABLES.items()}
    finally:
        session.close()


def _rows(session: Session, table: str, subject: str, sequence: str) -> list[Kept]:
    query = f"SELECT event_id, {subject}, toUInt32({sequence}), type FROM meu.{table} FINAL"  # noqa: S608 - constants
    answer = session.query(query, "JSONCompactEachRow")
    return [(row[0], row[1], row[2], row[3]) for row in map(json.loads, str(answer).splitlines())]
