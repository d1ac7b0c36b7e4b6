"""The peer of the ledger: the same five steps for the same records, in a bare aiokafka batch loop of plain dicts.

Read the states and `done`, decide, publish with acks=all, remember, answer and commit. It writes the same events with
the same headers, in the same partitions; it has no types, no validation, no recovery and no dead letters.
"""

import asyncio
import json
import os
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import redis.asyncio
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord

from shared.contracts.topics import CHECKIN_COMMANDS, PARTITIONS

EVENTS, DONE = "bench.duty", "bench:done"
BATCH_MAX = 1000
NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")

# Each partition's `done` moves on with what it caused: all of it or none.
_REMEMBER = """
local n = tonumber(ARGV[1])
for i = 0, n - 1 do redis.call('SET', 'bench:state:' .. ARGV[2 + 2*i], ARGV[3 + 2*i]) end
local at = 2 + 2*n
local outcomes = tonumber(ARGV[at])
for i = 0, outcomes - 1 do
  redis.call('SET', 'bench:outcome:' .. ARGV[at + 1 + 2*i], ARGV[at + 2 + 2*i], 'EX', 86400)
end
for i = at + 1 + 2*outcomes, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1
"""

State = dict[str, Any]
Event = tuple[str, State]


class BareLedger:
    """One process that owns every partition."""

    def __init__(self, bootstrap: str, redis_url: str) -> None:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id="bench.ledger",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        self._producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
        self._redis = redis.asyncio.Redis.from_url(redis_url)
        self._remember = self._redis.register_script(_REMEMBER)

    async def run(self) -> None:
        """Until the process is ended."""
        await self._producer.start()
        self._consumer.assign([TopicPartition(CHECKIN_COMMANDS.name, number) for number in range(PARTITIONS)])
        await self._consumer.start()
        while True:
            batches = await self._consumer.getmany(timeout_ms=200, max_records=BATCH_MAX)
            records = [record for batch in batches.values() for record in batch]
            if records:
                await self._step(records)

    async def _step(self, records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        commands = [record for record in records if not record.key.startswith(b"tick-")]
        states, done = await self._read({record.key.decode() for record in commands})
        sending: list[asyncio.Future[Any]] = []
        outcomes: list[tuple[str, str, str]] = []
        for record in commands:
            if record.offset <= done.get(record.partition, -1):
                continue
            headers, unit_id = dict(record.headers), record.key.decode()
            state = states[unit_id]
            events = decide(state, json.loads(record.value), record.timestamp)
            for number, event in enumerate(events, 1):
                state["sequence"] += 1
                value, attributes = encoded(event, headers, state["sequence"], (number, len(events)), record)
                sending.append(
                    await self._producer.send(
                        EVENTS, value, key=record.key, partition=record.partition, headers=attributes
                    )
                )
            command_id = headers["ce_id"].decode()
            outcome = {"command_id": command_id, "status": "accepted", "sequence": state["sequence"], "state": state}
            outcomes.append((command_id, json.dumps(outcome), headers["ce_replyto"].decode()))
        await asyncio.gather(*sending)
        await self._keep(states, outcomes, {record.partition: record.offset for record in records})
        await self._consumer.commit()

    async def _read(self, units: Iterable[str]) -> tuple[dict[str, State], dict[int, int]]:
        ids = list(units)
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.hgetall(DONE)
        if ids:
            pipeline.mget([f"bench:state:{unit_id}" for unit_id in ids])
        done, *rest = await pipeline.execute()
        stored = rest[0] if rest else []
        states = {
            unit_id: {"sequence": 0, "leases": {}, "used": {}} if state is None else json.loads(state)
            for unit_id, state in zip(ids, stored, strict=True)
        }
        return states, {int(partition): int(offset) for partition, offset in done.items()}

    async def _keep(
        self, states: dict[str, State], outcomes: Sequence[tuple[str, str, str]], done: dict[int, int]
    ) -> None:
        arguments: list[Any] = [len(states)]
        for unit_id, state in states.items():
            arguments += [unit_id, json.dumps(state)]
        arguments.append(len(outcomes))
        for command_id, outcome, _ in outcomes:
            arguments += [command_id, outcome]
        for partition, offset in done.items():
            arguments += [partition, offset]
        pipeline = self._redis.pipeline(transaction=False)
        await self._remember(keys=[DONE], args=arguments, client=pipeline)
        for _, outcome, channel in outcomes:
            pipeline.publish(channel, outcome)
        await pipeline.execute()


def decide(state: State, command: State, at_ms: int) -> list[Event]:
    """Go on duty, unless the code was used: the rule of the duty decider."""
    member, step = command["member_id"], command["code_step"]
    if state["used"].get(f"{member} {command['post_id']}", -1) >= step:
        return []
    now = datetime.fromtimestamp(at_ms / 1000, UTC)
    until = (now + timedelta(seconds=command["lease_s"])).isoformat()
    renewed = member in state["leases"]
    state["used"][f"{member} {command['post_id']}"] = step
    state["leases"][member] = until
    unit = {name: command[name] for name in ("unit_id", "station_id", "path", "site_class")}
    entered = {name: command[name] for name in ("member_id", "post_id", "location", "accuracy_m", "code_step")}
    entered |= {**unit, "at": now.isoformat(), "until": until, "renewed": renewed}
    ends = sorted(state["leases"].values())
    is_on = len(ends) >= command["quorum"]
    changed = {
        **unit,
        "state": "on" if is_on else "short",
        "on_duty": sorted(state["leases"]),
        "quorum": command["quorum"],
        "location": command["location"],
        "at": now.isoformat(),
        "until": ends[len(ends) - command["quorum"]] if is_on else ends[-1],
    }
    return [("meu.checkin.member-checked-in.v1", entered), ("meu.checkin.unit-duty-changed.v1", changed)]


def encoded(
    event: Event,
    headers: dict[str, bytes],
    sequence: int,
    part: tuple[int, int],
    record: ConsumerRecord[bytes, bytes],
) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Value and headers of an event's record, with the attributes that the ledger's have."""
    kind, body = event
    id_ = uuid.uuid5(NAMESPACE, f"duty {record.key.decode()} {sequence}")
    return json.dumps(body).encode(), [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(id_).encode()),
        ("ce_source", b"/checkin"),
        ("ce_type", kind.encode()),
        ("ce_subject", record.key),
        ("ce_time", headers["ce_time"]),
        ("content-type", b"application/json"),
        ("ce_dataschema", f"urn:meu:schema:{kind}".encode()),
        ("ce_partitionkey", record.key),
        ("ce_correlationid", headers["ce_correlationid"]),
        ("ce_causationid", headers["ce_id"]),
        ("ce_part", f"{part[0]}/{part[1]}".encode()),
        ("ce_sequence", str(sequence).encode()),
        ("ce_origin", f"{record.topic}/{record.partition}/{record.offset}".encode()),
    ]


async def main() -> None:
    await BareLedger(os.environ["KAFKA_BOOTSTRAP"], os.environ["REDIS_URL"]).run()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
