"""One seed, from its story to the verdict."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

from services.notify.application import sending
from shared.contracts.base import Message
from shared.contracts.envelope import Envelope, decode, decode_body
from shared.contracts.topics import Topic, topic_named
from shared.platform import dead_letters, recovery, stream
from shared.platform.commands import CommandGateway
from shared.platform.outcomes import Outcome
from shared.vocabulary.terms import Lane
from tests.simulation import virtual_time
from tests.simulation.calm import replay, statuses_of
from tests.simulation.chronicle import Chronicle
from tests.simulation.deadlines import deadlines_fire_once
from tests.simulation.delivery_story import DeliveryStory
from tests.simulation.duty_story import DutyStory
from tests.simulation.history import Course, courses_of
from tests.simulation.incident_story import IncidentStory
from tests.simulation.invariants import (
    announcements_agree,
    each_command_has_effect_once,
    only_poison_is_buried,
    outcomes_agree,
    same_events_as_calm,
    sequences_count_from_one,
    store_is_the_fold,
)
from tests.simulation.orders import Overlap, one_order_a_unit, overlaps, stages_do_not_contradict_themselves
from tests.simulation.process import Process
from tests.simulation.redis import Store
from tests.simulation.weather import Weather
from tests.simulation.world import NeverAtRest, World

STORIES = (DutyStory, IncidentStory, DeliveryStory)


@dataclass(frozen=True)
class Verdict:
    """What one seed showed. `overlaps`: units that had two real orders for a while."""

    seed: int
    violations: list[str]
    chronicle: Chronicle
    overlaps: list[Overlap]
    commands: int

    def text(self) -> str:
        """For the reader of a failure: how to see it again, what is wrong, and the last steps."""
        return "\n".join(
            [
                f"replay: SIMULATION_SEED={self.seed} make test ARGS=tests/simulation",
                *self.violations[:10],
                f"faults: {dict(self.chronicle.counts)}; the last steps:",
                self.chronicle.text(),
            ]
        )


def simulate(seed: int) -> Verdict:
    """Play the seed's story in its weather and judge what came out."""
    return virtual_time.run(_simulate(seed))


@contextmanager
def no_real_time() -> Iterator[None]:
    """Clocks that the code reads by itself are the loop's; what ends a process is a failure; decoding is cached."""
    before = structlog.get_config()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recovery, "SystemClock", _LoopClock)
        patch.setattr(sending, "time", SimpleNamespace(perf_counter=virtual_time.elapsed))
        patch.setattr(dead_letters, "decode", _decode)
        patch.setattr(dead_letters, "decode_body", _decode_body)
        patch.setattr(stream, "os", SimpleNamespace(_exit=_exit))
        logging.disable(logging.CRITICAL)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        try:
            yield
        finally:
            structlog.configure(**before)
            logging.disable(logging.NOTSET)


def _decode(key: bytes, value: bytes | None, headers: Mapping[str, bytes]) -> Envelope:
    return _decoded(key, value, tuple(headers.items()))


def _decode_body(topic: Topic, envelope: Envelope, value: bytes | None) -> Message:
    return _decoded_body(topic.name, envelope.type, value)


# Both are functions of bytes, and half of the time of a seed: the same bytes are decoded in every replay.
@lru_cache(20_000)
def _decoded(key: bytes, value: bytes | None, headers: tuple[tuple[str, bytes], ...]) -> Envelope:
    return decode(key, value, dict(headers))


@lru_cache(20_000)
def _decoded_body(topic: str, kind: str, value: bytes | None) -> Message:
    return decode_body(topic_named(topic), replace(_ANY, type=kind), value)


_ANY = Envelope("id", "/any", "kind", "subject", virtual_time.BEGINNING, "id")


class _LoopClock:
    def now(self) -> datetime:
        return virtual_time.now()


def _exit(status: int) -> None:
    raise RuntimeError(f"the process ended itself with status {status}")


async def _simulate(seed: int) -> Verdict:
    rng, chronicle = Random(seed), Chronicle()
    world = World(rng, chronicle, Weather.of(rng))
    story = STORIES[seed % len(STORIES)](world)
    try:
        await world.play(story)
        known = await _outcomes(world, story.decidings)
        for command_id, outcome in known.items():
            if outcome is None:  # lost with Redis: its sender sends it again under its id
                world.ask_again(world.asked[command_id])
        await world.come_to_rest()
        known = await _outcomes(world, story.decidings)
    except NeverAtRest as error:
        return Verdict(seed, [str(error)], chronicle, [], len(world.asked))
    calm_log, statuses = await replay(story.decidings, world.log)
    courses = courses_of(story.decidings, world.log)
    violations = [f"a worker failed: {failure!r}" for failure in chronicle.failures]
    for course, calm in zip(courses, courses_of(story.decidings, calm_log), strict=True):
        violations += _wrong(course, calm, world)
        violations += outcomes_agree(course, known, statuses, guessed=bool(chronicle.counts))
        violations += announcements_agree(course, statuses_of(world.redis), statuses)
    topics = [each.commands.name for each in story.decidings.values()]
    violations += only_poison_is_buried(world.log, topics + [c.deciding.events.name for c in courses], world.poisoned)
    if isinstance(story, DeliveryStory):
        violations += _sent_twice(story)
    if isinstance(story, IncidentStory):
        violations += one_order_a_unit(courses[0])
    seen = [overlap for course in courses for overlap in overlaps(course)]
    return Verdict(seed, violations, chronicle, seen, len(world.asked))


def _wrong(course: Course, calm: Course, world: World) -> Iterator[str]:
    yield from same_events_as_calm(course, calm)
    yield from sequences_count_from_one(course)
    yield from each_command_has_effect_once(course)
    yield from store_is_the_fold(course, world.log, world.redis)
    yield from deadlines_fire_once(course)
    yield from stages_do_not_contradict_themselves(course)


def _sent_twice(story: DeliveryStory) -> Iterator[str]:
    for (lane, attempt_id), times in story.provider.handed.items():
        if lane is not Lane.EMERGENCY and times > 1:
            yield f"attempt {attempt_id} was handed to its provider {times} times"


async def _outcomes(world: World, decidings: Mapping[str, Any]) -> dict[str, Outcome | None]:
    """As their senders learn them when they ask."""
    process = Process("api", Weather(), Random(0), Chronicle())
    gateways = {name: _gateway(name, deciding, world, process) for name, deciding in decidings.items()}
    return {
        asked.command_id: await gateways[asked.ledger].outcome(asked.subject, asked.command_id)
        for asked in world.asked.values()
    }


def _gateway(name: str, deciding: Any, world: World, process: Process) -> CommandGateway:
    nobody: Any = None
    store: Any = Store(world.redis, name, process)
    ids: Any = SimpleNamespace(new=lambda: "api")
    return CommandGateway(
        deciding.commands,
        source="/test",
        producer=nobody,
        redis=nobody,
        store=store,
        clock=process,
        ids=ids,
        answer_within_s=0,
    )
