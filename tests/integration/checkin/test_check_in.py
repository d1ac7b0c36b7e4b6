"""立码报 from end to end: over HTTP, through the log, back to the map."""

import json
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaConsumer, TopicPartition
from jsonschema import Draft202012Validator

from services.checkin.adapters.duty_ledger import DECIDING
from shared.contracts.envelope import Envelope, decode
from shared.contracts.generate import HERE, SCHEMAS
from shared.contracts.topics import MEMBERS, POSITIONS, Topic
from tests.integration.checkin.conftest import OPERATOR, City, eventually, import_text


async def events_of(city: City, topic: Topic, subject: str) -> list[tuple[Envelope, dict]]:  # type: ignore[type-arg]
    """Every record of a subject, checked against its published schema."""
    found: list[tuple[Envelope, dict]] = []  # type: ignore[type-arg]
    consumer = AIOKafkaConsumer(bootstrap_servers=city.settings.kafka_bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        where = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        consumer.assign(where)
        ends = await consumer.end_offsets(where)
        await consumer.seek_to_beginning(*where)
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    if record.key == subject.encode():
                        envelope = decode(record.key, record.value, dict(record.headers))
                        body = json.loads(record.value)
                        schema = json.loads((HERE / SCHEMAS / f"{envelope.type}.json").read_text("utf-8"))
                        Draft202012Validator(schema).validate(body)
                        found.append((envelope, body))
    finally:
        await consumer.stop()
    return found


async def test_people_check_in_are_seen_on_duty_and_lapse_when_nobody_renews(city: City) -> None:
    unit = f"u-{city.key}"
    first = await city.check_in(0)
    assert first.status_code == 201, first.text
    assert (first.json()["state"], first.json()["on_duty"]) == ("short", [f"m0-{city.key}"])
    until = datetime.fromisoformat(first.json()["until"])
    assert timedelta(0) < until - datetime.now(UTC) <= timedelta(seconds=8)

    second = await city.check_in(1)
    assert second.json()["state"] == "on"
    shown = (await city.get(OPERATOR, f"/units/{unit}")).json()["duty"]
    assert shown["state"] == "on"
    assert {lease["member_id"] for lease in shown["on_duty"]} == {f"m0-{city.key}", f"m1-{city.key}"}
    listed = (await city.get(OPERATOR, "/units?duty=on&station=440106001&class=B")).json()["items"]
    assert unit in [item["unit_id"] for item in listed]

    async def off() -> bool:
        return (await city.get(OPERATOR, f"/units/{unit}")).json()["duty"]["state"] == "off"

    await eventually(off)
    events = await events_of(city, DECIDING.events, unit)
    assert [envelope.sequence for envelope, _ in events] == list(range(1, len(events) + 1))
    types = [envelope.type.split(".")[2] for envelope, _ in events]
    assert types[:4] == ["member-checked-in", "unit-duty-changed"] * 2
    assert types.count("member-checked-out") == 2
    assert {body["reason"] for envelope, body in events if "checked-out" in envelope.type} == {"lease-expired"}
    assert events[-1][1]["state"] == "off"


async def test_a_code_is_good_once_for_each_member(city: City) -> None:
    code = await city.code()
    assert (await city.check_in(0, code)).status_code == 201
    again = await city.check_in(0, code)
    assert (again.status_code, again.json()["code"]) == (422, "code-replayed")
    assert (await city.check_in(1, code)).status_code == 201


async def test_the_same_request_twice_takes_effect_once(city: City) -> None:
    body = {
        "unit_id": f"u-{city.key}",
        "code": await city.code(),
        "location": {"lon": 113.3192, "lat": 23.1392, "accuracy_m": 10, "crs": "wgs84"},
    }
    answers = [await city.post(city.member(0), "/check-ins", body, **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(await events_of(city, DECIDING.events, f"u-{city.key}")) == 2


async def test_leaving_is_seen_at_once_and_only_once(city: City) -> None:
    await city.check_in(0)
    left = await city.post(city.member(0), "/check-outs", {"unit_id": f"u-{city.key}"})
    assert (left.status_code, left.json()["state"], left.json()["until"]) == (201, "off", None)
    again = await city.post(city.member(0), "/check-outs", {"unit_id": f"u-{city.key}"})
    assert (again.status_code, again.json()["code"]) == (422, "not-on-duty")


async def test_a_suspended_unit_takes_nobody_in_from_the_moment_it_is_imported(city: City) -> None:
    text = f"code,name,site,quorum,suspended\nu-{city.key},体育中心单元,s-{city.key},2,是\n"
    assert (await import_text(city, "units", text)).status_code == 200

    async def suspended() -> bool:
        return (await city.get(OPERATOR, f"/units/u-{city.key}")).json()["suspended"]

    await eventually(suspended)
    refused = await city.check_in(0)
    assert (refused.status_code, refused.json()["code"]) == (422, "unit-suspended")


async def test_how_a_member_is_told_reaches_the_log_in_the_order_that_was_imported(city: City) -> None:
    code = f"m0-{city.key}"
    text = f"编码,姓名,手机号,单元,通知渠道\n{code},陈0,10000000000,u-{city.key},短信;收件箱\n"
    assert (await import_text(city, "members", text)).status_code == 200

    async def published() -> list[list[dict[str, str]]]:
        return [body["channels"] for _, body in await events_of(city, MEMBERS, code)]

    by_sms, by_inbox = {"kind": "sms", "address": "10000000000"}, {"kind": "inbox", "address": ""}

    async def changed() -> bool:
        return (await published())[-1:] == [[by_sms, by_inbox]]

    await eventually(changed)
    assert (await published())[0] == [by_inbox, by_sms]


async def test_positions_are_on_the_log_before_they_are_accepted(city: City) -> None:
    member, now = city.member(0), datetime.now(UTC)
    good = {
        "unit_id": f"u-{city.key}",
        "member_id": member.subject,
        "lon": 113.32,
        "lat": 23.14,
        "accuracy_m": 8,
        "time": now.isoformat(),
    }
    late = {**good, "time": (now - timedelta(minutes=11)).isoformat()}
    answer = await city.post(member, "/positions", {"fixes": [good, late, {**good, "lon": 181}]})
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    assert answer.json()["rejected"] == [{"index": 1, "code": "stale"}, {"index": 2, "code": "out-of-range"}]
    batches = [body for _, body in await events_of(city, POSITIONS, "440106001")]
    fixes = [fix for batch in batches for fix in batch["fixes"] if fix["member_id"] == member.subject]
    assert [(fix["lon"], fix["lat"]) for fix in fixes] == [(113.32, 23.14)]


async def test_a_deleted_unit_is_gone_from_the_map(city: City) -> None:
    still_used = await city.delete(f"/registry/units/u-{city.key}")
    assert (still_used.status_code, still_used.json()["code"]) == (409, "still-used")
    for path in (*(f"members/m{number}-{city.key}" for number in range(3)), f"units/u-{city.key}"):
        assert (await city.delete(f"/registry/{path}")).status_code == 204

    async def gone() -> bool:
        return (await city.get(OPERATOR, f"/units/u-{city.key}")).status_code == 404

    await eventually(gone)
