"""The ledger in memory: whatever crashes, is lost or is cut differently, the same log gives the same events."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from aiokafka.structs import RecordMetadata
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.contracts import duty
from shared.contracts.envelope import EncodedRecord, decode
from shared.platform.dead_letters import DeadLetters
from shared.platform.ledger import Ledger
from shared.platform.outcomes import Outcome
from shared.platform.recovery import LogUnreadable, Recovery
from tests.fakes.tally import DECIDING, FAULTY_MEMBER, REFUSED_MEMBER, TWICE_MEMBER
from tests.fakes.world import Crash, FakeProducer, FakeReader, FakeStore, World

START = datetime(2026, 1, 1, tzinfo=UTC)
COMMANDS, EVENTS = DECIDING.commands.name, DECIDING.events.name

entries = st.lists(
    st.one_of(
        st.just("tick"),
        st.tuples(
            st.sampled_from(["u1", "u2", "u3"]),
            st.sampled_from(["m1", TWICE_MEMBER, TWICE_MEMBER, REFUSED_MEMBER, FAULTY_MEMBER]),
            st.integers(0, 9),
        ),
    ),
    min_size=8,
    max_size=25,
)


def written(log: list[Any]) -> World:
    world = World()
    for number, entry in enumerate(log):
        at = START + timedelta(milliseconds=400 * number)
        if entry == "tick":
            world.tick(COMMANDS, at, number)
        else:
            unit, member, command = entry  # the same command id may come twice, as after a client's retry
            world.command(COMMANDS, unit, duty.CheckOut(unit_id=unit, member_id=member), at, f"{unit}-{command}")
    return world


def worker(world: World, store: FakeStore, publishing: FakeProducer | None = None) -> Ledger[Any, Any, Any]:
    producer = cast("Any", publishing or FakeProducer(world, START))
    letters = DeadLetters(producer, "test")
    recovery = Recovery(cast("Any", store), cast("Any", FakeReader(world)), DECIDING.events)
    return Ledger(DECIDING, store=cast("Any", store), producer=producer, dead_letters=letters, recovery=recovery)


CALM, FLUSHED, REWOUND, ZOMBIE = "calm", "flushed", "rewound", "zombie"
weather = st.lists(
    st.one_of(st.sampled_from([CALM, FLUSHED, REWOUND, ZOMBIE]), st.integers(1, 5)),  # a number: crash at that step
    min_size=8,
    max_size=20,
)


async def play(world: World, cuts: list[int], weather: list[Any]) -> FakeStore:
    """Handle the log in batches of the given sizes; after a crash a new worker starts from what was acknowledged."""
    store, batch, acknowledged = FakeStore(world), 0, 0
    ledger, zombie = worker(world, store), worker(world, store)
    snapshots = [deepcopy(store.partitions)]
    log = world.logs[COMMANDS]
    while acknowledged < len(log):
        today = weather[batch] if batch < len(weather) else CALM
        records = log[acknowledged : acknowledged + cuts[batch % len(cuts)]]
        if today == FLUSHED:
            store.partitions = {}
        elif today == REWOUND:  # a fail-over to a replica that had not heard of the last writes
            store.partitions = deepcopy(snapshots[max(0, len(snapshots) - 3)])
        elif today == ZOMBIE:  # another worker still believes it owns the partition
            await zombie.handle(log[max(0, acknowledged - 3) : acknowledged + 2])
        world.crash_at = world.steps + today if isinstance(today, int) else None
        try:
            await ledger.handle(records)
        except Crash:
            ledger = worker(world, store)
        else:
            acknowledged += len(records)
        world.crash_at = None
        snapshots.append(deepcopy(store.partitions))
        batch += 1
    return store


def events_once(world: World) -> dict[tuple[str, int], tuple[str, bytes | None]]:
    """Every event by (aggregate, sequence). Two different ones under one number are a failure."""
    once: dict[tuple[str, int], tuple[str, bytes | None]] = {}
    for record in world.logs.get(EVENTS, []):
        envelope = decode(record.key, record.value, record.headers)
        event = (envelope.id, record.value)
        assert once.setdefault((envelope.subject, envelope.sequence or 0), event) == event
    return once


@given(log=entries, cuts=st.lists(st.integers(1, 6), min_size=1, max_size=6), weather=weather)
@example(log=[("u1", "m1", n) for n in range(8)], cuts=[1], weather=[CALM, CALM, CALM, REWOUND])
@settings(max_examples=60, deadline=None)
def test_crashes_losses_zombies_and_other_cuts_change_no_event_and_no_state(
    log: list[Any], cuts: list[int], weather: list[Any]
) -> None:
    calm, stormy = written(log), written(log)
    expected = asyncio.run(play(calm, [len(log)], []))
    seen = asyncio.run(play(stormy, cuts, weather))
    assert events_once(stormy) == events_once(calm)
    assert seen.partitions[0]["states"] == expected.partitions[0]["states"]
    assert seen.partitions[0]["due"] == expected.partitions[0]["due"]
    assert seen.partitions[0]["done"] == expected.partitions[0]["done"]


@given(
    log=entries,
    cuts=st.lists(st.integers(1, 6), min_size=1, max_size=6),
    weather=st.lists(st.one_of(st.sampled_from([CALM, ZOMBIE]), st.integers(1, 5)), min_size=8, max_size=20),
)
@example(log=[("u1", "m1", n) for n in range(8)], cuts=[1], weather=[2])  # published, not remembered
@example(log=[("u1", REFUSED_MEMBER, 0), *[("u1", "m1", 0)] * 7], cuts=[1], weather=[CALM, 2])  # refused, then accepted
@settings(max_examples=60, deadline=None)
def test_whoever_waits_for_an_outcome_gets_it_though_the_worker_that_decided_it_is_gone(
    log: list[Any], cuts: list[int], weather: list[Any]
) -> None:
    calm, stormy = written(log), written(log)
    expected = statuses(asyncio.run(play(calm, [len(log)], [])))
    assert statuses(asyncio.run(play(stormy, cuts, weather))) == expected


class Interrupted(FakeProducer):
    """Before its n-th record somebody else has a turn."""

    def __init__(self, world: World, before: dict[int, Callable[[], Awaitable[object]]]) -> None:
        super().__init__(world, START)
        self._before = before
        self._records = 0

    async def publish(self, topic: str, records: Sequence[tuple[EncodedRecord, int | None]]) -> list[RecordMetadata]:
        done: list[RecordMetadata] = []
        for record in records:
            self._records += 1
            if self._records in self._before:
                await self._before[self._records]()
            done += await super().publish(topic, [record])
        return done


async def test_events_of_another_worker_among_ones_own_are_looked_at_again() -> None:
    """Both publish at once, and one crashes. The one that may remember has the other's events before its own last."""
    log = [("u1", TWICE_MEMBER, 0), ("u2", "m1", 1), ("u3", "m1", 2), ("u3", "m1", 3)]
    calm, world = written(log), written(log)
    expected = await play(calm, [len(log)], [])
    store, records = FakeStore(world), world.logs[COMMANDS]
    other_is_under_way, one_is_done = asyncio.Event(), asyncio.Event()
    others: list[asyncio.Task[None]] = []

    async def other_begins() -> None:
        others.append(asyncio.create_task(other.handle(records)))
        await other_is_under_way.wait()

    async def other_waits() -> None:
        other_is_under_way.set()
        await one_is_done.wait()

    async def other_crashes() -> None:
        raise ConnectionResetError

    one = worker(world, store, Interrupted(world, {2: other_begins}))
    other = worker(world, store, Interrupted(world, {4: other_waits, 5: other_crashes}))
    await one.handle(records[:1])
    one_is_done.set()
    with pytest.raises(ConnectionResetError):
        await others[0]
    await worker(world, store).handle(records[1:])
    assert store.partitions[0]["states"] == expected.partitions[0]["states"]
    assert events_once(world) == events_once(calm)


async def test_the_rest_of_a_repeat_is_not_looked_at_for_ever() -> None:
    """Somebody published one of two events again and crashed; both were decided long ago."""
    world = written([("u1", TWICE_MEMBER, 0), ("u1", "m1", 1)])
    store, records = FakeStore(world), world.logs[COMMANDS]
    await worker(world, store).handle(records[:1])
    last = world.logs[EVENTS][-1]
    world.logs[EVENTS].append(replace(last, offset=last.offset + 1))
    await worker(world, store).handle(records[1:])
    assert store.partitions[0]["tail"] == len(world.logs[EVENTS])


async def test_what_others_have_acknowledged_is_decided_though_redis_was_rewound_to_what_one_remembers() -> None:
    log = [("u1", "m1", number) for number in range(4)]
    calm, world = written(log), written(log)
    expected = await play(calm, [len(log)], [])
    store, records = FakeStore(world), world.logs[COMMANDS]
    one, other = worker(world, store), worker(world, store)
    await one.handle(records[:1])
    await other.handle(records[1:2])
    before = deepcopy(store.partitions)
    await other.handle(records[2:3])
    store.partitions = before
    await one.handle(records[3:])
    assert store.partitions[0]["states"] == expected.partitions[0]["states"]
    assert events_once(world) == events_once(calm)


def half_spoilt(world: World, headers: str) -> None:
    """An unreadable record on the event topic: a copy of the last event with half its body, or a stranger."""
    last = world.logs[EVENTS][-1]
    kept = dict(last.headers) if headers == "copied" else {}
    world.logs[EVENTS].append(replace(last, offset=last.offset + 1, value=b'{"half":', headers=kept))


@pytest.mark.parametrize("headers", ["copied", "none"])
async def test_poison_among_the_events_stops_no_rebuild_and_puts_no_command_aside(headers: str) -> None:
    world = written([("u1", "m1", 1), ("u1", "m1", 2), ("u2", "m1", 3)])
    store = FakeStore(world)
    log = world.logs[COMMANDS]
    await worker(world, store).handle(log[:2])
    half_spoilt(world, headers)
    store.partitions = {}
    await worker(world, store).handle(log[2:])
    assert len(events_once(readable(world))) == 3
    assert [name for name in world.logs if name.endswith(".dlq")] == []


async def test_an_event_that_is_needed_and_cannot_be_read_is_waited_for_and_no_command_is_put_aside() -> None:
    world = written([("u1", "m1", 1), ("u1", "m1", 2), ("u1", "m1", 3)])
    store = FakeStore(world)
    log = world.logs[COMMANDS]
    await worker(world, store).handle(log[:2])
    world.logs[EVENTS][0] = replace(world.logs[EVENTS][0], value=b'{"half":')
    store.partitions = {}
    with pytest.raises(LogUnreadable, match="event 1 of u1"):
        await worker(world, store).handle(log[2:])
    assert [name for name in world.logs if name.endswith(".dlq")] == []


def readable(world: World) -> World:
    return World({EVENTS: [record for record in world.logs[EVENTS] if record.value != b'{"half":']})


def statuses(store: FakeStore) -> dict[str, str]:
    """What each command's sender finds when it asks again."""
    outcomes = store.partitions[0]["outcomes"]
    return {command_id: Outcome.model_validate_json(outcome).status for command_id, outcome in outcomes.items()}


@given(log=entries)
@settings(max_examples=25, deadline=None)
def test_sequences_count_from_one_and_a_repeated_command_adds_nothing(log: list[Any]) -> None:
    world = written(log)
    asyncio.run(play(world, [3], []))
    causes: dict[tuple[str, str], set[str | None]] = {}
    sequences: dict[str, list[int]] = {}
    for record in world.logs.get(EVENTS, []):
        envelope = decode(record.key, record.value, record.headers)
        sequences.setdefault(envelope.subject, []).append(envelope.sequence or 0)
        causes.setdefault((envelope.subject, envelope.causation_id or ""), set()).add(str(envelope.origin))
    for counted in sequences.values():
        assert counted == list(range(1, len(counted) + 1))
    assert all(len(origins) == 1 for origins in causes.values()), "one command id had effect twice"
