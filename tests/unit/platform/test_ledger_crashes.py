"""The ledger in memory: whatever crashes, is lost or is cut differently, the same log gives the same events."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts import duty
from shared.contracts.envelope import decode
from shared.platform.dead_letters import DeadLetters
from shared.platform.ledger import Ledger
from shared.platform.recovery import Recovery
from tests.fakes.tally import DECIDING, FAULTY_MEMBER, REFUSED_MEMBER
from tests.fakes.world import Crash, FakeProducer, FakeReader, FakeStore, World

START = datetime(2026, 1, 1, tzinfo=UTC)
COMMANDS, EVENTS = DECIDING.commands.name, DECIDING.events.name

entries = st.lists(
    st.one_of(
        st.just("tick"),
        st.tuples(
            st.sampled_from(["u1", "u2", "u3"]),
            st.sampled_from(["m1", "m2", REFUSED_MEMBER, FAULTY_MEMBER]),
            st.integers(0, 6),
        ),
    ),
    min_size=1,
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


def worker(world: World, store: FakeStore) -> Ledger[Any, Any, Any]:
    producer = cast("Any", FakeProducer(world, START))
    letters = DeadLetters(producer, "test")
    recovery = Recovery(cast("Any", store), cast("Any", FakeReader(world)), DECIDING.events)
    return Ledger(DECIDING, store=cast("Any", store), producer=producer, dead_letters=letters, recovery=recovery)


async def play(world: World, cuts: list[int], crashes: list[int], losses: set[int]) -> FakeStore:
    """Handle the log in batches of the given sizes, starting anew after each crash from what was acknowledged."""
    store = FakeStore(world)
    ledger, acknowledged, batch = worker(world, store), 0, 0
    log = world.logs[COMMANDS]
    while acknowledged < len(log):
        size = cuts[batch % len(cuts)]
        if batch in losses:
            store.partitions.clear()  # FLUSHALL
        world.crash_at = world.steps + crashes.pop() if crashes else None
        try:
            await ledger.handle(log[acknowledged : acknowledged + size])
        except Crash:
            ledger = worker(world, store)
        else:
            acknowledged += size
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


@given(
    log=entries,
    cuts=st.lists(st.integers(1, 9), min_size=1, max_size=6),
    crashes=st.lists(st.integers(1, 8), max_size=6),
    losses=st.sets(st.integers(0, 12), max_size=3),
)
@settings(max_examples=120, deadline=None)
def test_crashes_losses_and_other_cuts_change_no_event_and_no_state(
    log: list[Any], cuts: list[int], crashes: list[int], losses: set[int]
) -> None:
    calm, stormy = written(log), written(log)
    expected = asyncio.run(play(calm, [len(log)], [], set()))
    seen = asyncio.run(play(stormy, cuts, list(crashes), losses))
    assert events_once(stormy) == events_once(calm)
    assert seen.partitions[0]["states"] == expected.partitions[0]["states"]
    assert seen.partitions[0]["due"] == expected.partitions[0]["due"]
    assert seen.partitions[0]["done"] == expected.partitions[0]["done"]


@given(log=entries)
@settings(max_examples=40, deadline=None)
def test_sequences_count_from_one_without_gaps(log: list[Any]) -> None:
    world = written(log)
    asyncio.run(play(world, [3], [], set()))
    by_subject: dict[str, list[int]] = {}
    for subject, sequence in events_once(world):
        by_subject.setdefault(subject, []).append(sequence)
    for sequences in by_subject.values():
        assert sorted(sequences) == list(range(1, len(sequences) + 1))
