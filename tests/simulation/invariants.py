"""What must hold after every story, whatever went wrong in it. Each answers with violations, a line each."""

from collections.abc import Iterator, Mapping

from shared.platform.clock import to_ms
from shared.platform.outcomes import Outcome
from shared.platform.records import Received
from tests.simulation.history import Course
from tests.simulation.log import USED_PARTITIONS, Log, partition_for
from tests.simulation.redis import RedisMemory

Events = Mapping[tuple[str, int], Received]


def same_events_as_calm(course: Course, calm: Course) -> Iterator[str]:
    """Byte for byte, with all headers; and repeats are repeats."""
    expected, seen = _by_number(calm.records), _by_number(course.records)
    for key in sorted(expected.keys() | seen.keys()):
        if key not in seen:
            yield f"{_named(key)} is missing: {expected[key].envelope.type}"
        elif key not in expected:
            yield f"{_named(key)} is too much: {seen[key].envelope.type} of {seen[key].envelope.origin}"
        elif _bytes(expected[key]) != _bytes(seen[key]):
            yield f"{_named(key)} differs: {_bytes(seen[key])} instead of {_bytes(expected[key])}"
    for item in course.records:
        key = (item.envelope.subject, item.envelope.sequence or 0)
        if _bytes(item) != _bytes(seen[key]):
            yield f"{_named(key)} was published in two forms: {_bytes(item)} and {_bytes(seen[key])}"


def sequences_count_from_one(course: Course) -> Iterator[str]:
    """For a consumer that drops what is not newer than what it saw last."""
    for subject, events in course.events.items():
        numbers = [event.envelope.sequence for event in events]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"events of {subject} count {numbers}"


def each_command_has_effect_once(course: Course) -> Iterator[str]:
    """All that one id caused was caused by one record, and all parts of it are there."""
    ids = {item.envelope.id for item in course.commands}
    for command_id, events in course.by_command().items():
        origins = {str(event.envelope.origin) for event in events}
        if command_id in ids and len(origins) > 1:
            yield f"{command_id} had effect {len(origins)} times: {sorted(origins)}"
        for origin in origins:
            parts = [event.envelope.part for event in events if str(event.envelope.origin) == origin]
            if sorted(parts) != [(n, len(parts)) for n in range(1, len(parts) + 1)]:
                yield f"of {origin} only the parts {sorted(parts)} are there"


def store_is_the_fold(course: Course, log: Log, redis: RedisMemory) -> Iterator[str]:
    """Live state is what the domain makes of the events; everything is decided."""
    memory = redis.ledger(course.name)
    for partition in USED_PARTITIONS:
        end = log.end(course.deciding.commands.name, partition)
        done = memory.partitions.get(partition, {"done": None})["done"]
        if end and done != end - 1:
            yield f"{course.name}/{partition} is decided up to {done} of {end - 1}"
    rules = course.deciding.rules
    for subject, events in course.events.items():
        state = rules.initial
        for event in events:
            state = rules.evolve(state, course.deciding.events_out.to_domain(event.body))
        kept = memory.partitions[partition_for(subject)]
        stored = course.deciding.load(kept["states"][subject])
        due = rules.due(state)
        found = (stored.sequence, stored.state, kept["due"].get(subject))
        expected = (len(events), state, None if due is None else to_ms(due))
        if found != expected:
            yield f"the store has {found} of {subject} and not {expected}"


def outcomes_agree(
    course: Course, known: Mapping[str, Outcome | None], calm: Mapping[str, set[str]], *, guessed: bool
) -> Iterator[str]:
    """Accepted if it had effect, refused only if it had none.

    `guessed`: something went wrong, so a record may have been taken for decided that nobody had answered yet. Of a
    command without effect the answer is then a guess by a later state, in which what was asked may be so already.
    """
    effects = course.by_command()
    for command_id in sorted({item.envelope.id for item in course.commands} & known.keys()):
        outcome = known[command_id]
        if outcome is None or outcome.status == "pending":
            yield f"the outcome of {command_id} is never known"
        elif command_id in effects and outcome.status != "accepted":
            yield f"{command_id} had effect and is said to be {outcome.status}: {outcome.code}"
        elif command_id not in effects and not guessed and outcome.status not in calm[command_id]:
            yield f"{command_id} had no effect, was {calm[command_id]}, and is said to be {outcome.status}"


def announcements_agree(course: Course, heard: Mapping[str, set[str]], calm: Mapping[str, set[str]]) -> Iterator[str]:
    """Whoever waits never hears that what had effect was refused."""
    for command_id in sorted(course.by_command().keys() & calm.keys()):
        if "refused" in heard.get(command_id, set()) - calm[command_id]:
            yield f"{command_id} had effect and its sender heard that it was refused"


def only_poison_is_buried(log: Log, topics: list[str], poisoned: list[tuple[str, int, int]]) -> Iterator[str]:
    """Each dead letter is a poisoned record's, and each such record has one."""
    buried: set[tuple[str, int, int]] = set()
    for topic in topics:
        for record in log.of(f"{topic}.dlq"):
            where = (topic, int(record.headers["dlq_partition"]), int(record.headers["dlq_offset"]))
            buried.add(where)
            if where not in poisoned:
                yield f"{where} was buried: {record.headers['dlq_reason'].decode()[:200]}"
    yield from (f"poison {where} was not buried" for where in poisoned if where not in buried)


def _by_number(records: list[Received]) -> dict[tuple[str, int], Received]:
    found: dict[tuple[str, int], Received] = {}
    for item in records:
        found.setdefault((item.envelope.subject, item.envelope.sequence or 0), item)
    return found


def _bytes(item: Received) -> tuple[bytes | None, dict[str, bytes]]:
    return item.record.value, dict(item.record.headers)


def _named(key: tuple[str, int]) -> str:
    return f"event {key[1]} of {key[0]}"
