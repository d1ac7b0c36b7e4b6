"""What lies in a run's directory and in a record, as the rules are given it."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiokafka import ConsumerRecord

from shared.contracts.duty import CheckOut, MemberCheckedOut
from shared.contracts.envelope import Envelope, Origin, encode
from shared.contracts.ticks import Tick
from shared.vocabulary.ids import derived_id
from shared.vocabulary.terms import SiteClass
from tests.chaos.checker.contracts import DUTY
from tests.chaos.checker.evidence import Fault, Injected, LagSample, Operation, RunFacts, SinkCall
from tests.chaos.checker.log import TICK, UNDECODABLE, DeadLetter, Place, Record, fix_key
from tests.chaos.checker.reading import run_directory
from tests.chaos.checker.reading.records import dead_letter_of, fixes_of, record_of
from tests.chaos.checker.times import moment
from tests.unit.chaos.traces import at, text

MOMENT = datetime.fromisoformat(text(0))
LINE: dict[str, Any] = {
    "op": "check-in",
    "key": "k1",
    "by": "m1",
    "path": "/checkin/v1/check-ins",
    "request": {"unit_id": "u1"},
    "statuses": [0, 201],
    "status": 201,
    "code": None,
    "body": {},
    "settled": None,
    "aggregate": "u1",
}


def written(directory: Path, name: str, *lines: dict[str, Any]) -> Path:
    file = directory / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return directory


def operation(directory: Path, **changes: Any) -> Operation:
    [found] = run_directory.operations(written(directory, "clients/a.jsonl", {**LINE, **changes}))
    return found


def test_an_operation_says_where_it_was_written_and_what_its_command_is(tmp_path: Path) -> None:
    found = operation(tmp_path)
    assert (found.where, found.outcome, found.statuses, found.aggregate) == ("a.jsonl:1", "accepted", (0, 201), "u1")
    assert found.command_id == derived_id("request", "m1", "/checkin/v1/check-ins", "k1")


@pytest.mark.parametrize(
    ("status", "settled", "outcome"),
    [
        (201, None, "accepted"),
        (202, None, "durable"),
        (202, {"status": 200, "code": None, "body": None}, "accepted"),
        (202, {"status": 422, "code": "code-replayed", "body": None}, "refused"),
        (202, {"status": 202, "code": None, "body": None}, "durable"),
        (202, {"status": 0, "code": None, "body": None}, "durable"),
        (202, {"status": 503, "code": "unavailable", "body": None}, "durable"),
        (409, None, "refused"),
        (503, None, "unknown"),
        (0, None, "unknown"),
    ],
)
def test_the_outcome_is_the_last_word_that_was_heard(
    tmp_path: Path, status: int, settled: dict[str, Any] | None, outcome: str
) -> None:
    assert operation(tmp_path, status=status, settled=settled).outcome == outcome


def test_of_a_batch_of_positions_those_count_that_were_accepted(tmp_path: Path) -> None:
    fixes = [{"unit_id": "u1", "member_id": f"m{n}", "time": text(n)} for n in range(3)]
    found = operation(
        tmp_path,
        op="positions",
        status=202,
        request={"fixes": fixes},
        body={"accepted": 2, "rejected": [{"index": 1, "code": "stale"}]},
    )
    assert found.outcome == "accepted"
    assert found.fixes == (fix_key("u1", "m0", at(0)), fix_key("u1", "m2", at(2)))


def test_faults_and_what_else_a_run_wrote_down(tmp_path: Path) -> None:
    written(
        tmp_path,
        "faults.jsonl",
        {"at": text(5), "until": text(9), "kind": "stop-worker", "target": "checkin-1", "detail": ""},
        {"at": text(2), "until": None, "kind": "flush-redis", "target": "redis", "detail": ""},
    )
    place = {"topic": DUTY, "partition": 1, "offset": 7}
    written(tmp_path, "injected.jsonl", {"at": text(1), **place, "kind": "duplicate", "of": {**place, "offset": 3}})
    sms = {"channel": "sms", "id": "a1", "webhook_id": None, "to": ["1"], "purpose": None, "answered": 0}
    written(tmp_path, "sink.jsonl", {"at": text(3), **sms})
    written(tmp_path, "lag.jsonl", {"at": text(4), "group": "g", "topic": DUTY, "lag": 5})
    said = {"begun": text(0), "load_ended": text(8), "last_fault_ended": text(6), "rest_at": text(9)}
    (tmp_path / "run.json").write_text(json.dumps({"seed": 7, **said}))
    assert run_directory.faults(tmp_path) == (
        Fault(at(2), at(2), "flush-redis", "redis"),
        Fault(at(5), at(9), "stop-worker", "checkin-1"),
    )
    assert run_directory.injected(tmp_path) == (Injected("duplicate", Place(DUTY, 1, 7), Place(DUTY, 1, 3)),)
    assert run_directory.sink_calls(tmp_path) == (SinkCall(at(3), "sms", "a1", None, ("1",), 0),)
    assert run_directory.lag_samples(tmp_path) == (LagSample(at(4), "g", DUTY, 5),)
    assert run_directory.facts(tmp_path) == RunFacts(7, at(0), at(8), at(6), at(9))


def raw(value: bytes | None, headers: list[tuple[str, bytes]], key: bytes | None = b"u1", topic: str = DUTY) -> Any:
    record: ConsumerRecord[Any, Any] = ConsumerRecord(topic, 3, 11, 1_000, 0, key, value, None, 1, 1, tuple(headers))
    return record


def test_an_event_is_read_as_the_platform_writes_it() -> None:
    body = MemberCheckedOut(
        unit_id="u1",
        station_id="s1",
        path="/440100",
        site_class=SiteClass.A,
        member_id="m1",
        at=MOMENT,
        reason="left",
    )
    envelope = Envelope(
        id="e1",
        source="/checkin",
        type=body.ce_type(),
        subject="u1",
        time=body.at,
        correlation_id="c1",
        causation_id="x1",
        sequence=5,
        origin=Origin("meu.checkin.commands.v1", 3, 9),
        part=(1, 2),
    )
    key, value, headers = encode(envelope, body)
    record = record_of(raw(value, headers, key))
    assert record == Record(
        place=Place(DUTY, 3, 11),
        timestamp_ms=1_000,
        kind="member-checked-out",
        id="e1",
        subject="u1",
        value=value,
        sequence=5,
        causation="x1",
        origin=Place("meu.checkin.commands.v1", 3, 9),
        part=(1, 2),
    )
    assert moment(record.body["at"]) == at(0)


def test_commands_and_ticks_are_read_as_the_platform_writes_them() -> None:
    command = CheckOut(unit_id="u1", member_id="m1")
    said = {"id": "c1", "source": "/x", "subject": "u1", "correlation_id": "c1"}
    envelope = Envelope(type=command.ce_type(), time=MOMENT, **said)
    found = record_of(raw(*encode(envelope, command)[1:]))
    assert (found.kind, found.id, found.body["member_id"], found.origin) == ("check-out", "c1", "m1", None)
    tick = Tick(worker_id="w1")
    found = record_of(raw(*encode(Envelope(type=tick.ce_type(), time=MOMENT, **said), tick)[1:]))
    assert (found.kind, found.value) == (TICK, None)


@pytest.mark.parametrize("headers", [[], [("ce_type", b"x")], [("ce_type", b"a.b.c.v1"), ("ce_id", b"\xff")]])
def test_what_is_no_cloud_event_has_its_place_all_the_same(headers: list[tuple[str, bytes]]) -> None:
    found = record_of(raw(b"?", headers))
    assert (found.kind, found.place) == (UNDECODABLE, Place(DUTY, 3, 11))


def test_positions_are_found_by_who_and_when() -> None:
    fix = {"unit_id": "u1", "member_id": "m1", "time": text(1)}
    assert list(fixes_of(raw(json.dumps({"fixes": [fix]}).encode(), []))) == [fix_key("u1", "m1", at(1))]
    assert [list(fixes_of(raw(value, []))) for value in (b"{}", b"\xff\xfe", b"[]", None)] == [[], [], [], []]


def test_a_dead_letter_says_where_it_came_from_whatever_else_it_carries() -> None:
    own = [("dlq_reason", b"why"), ("dlq_topic", DUTY.encode()), ("dlq_partition", b"3"), ("dlq_offset", b"9")]
    found = dead_letter_of(raw(b"?", [("ce_id", b"\xff"), *own, ("dlq_consumer", b"dispatch")]))
    assert found == DeadLetter(Place(DUTY, 3, 11), Place(DUTY, 3, 9), "why", "dispatch")
    assert dead_letter_of(raw(b"?", own[:2])).source is None
