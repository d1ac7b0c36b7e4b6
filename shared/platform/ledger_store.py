"""Live state in Redis, one hash slot a partition: `{service:partition}:…`. Disposable: the log rebuilds it.

Keys of a partition: `done` (hash: `offset`, the last source offset decided; `tail`, where to look for events that are
not folded yet), `due` (sorted set: aggregate → deadline in ms), `state:<id>`, `outcome:<command id>`.
"""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from redis.asyncio import Redis

OUTCOME_KEPT_S = 24 * 3600
MISMATCH = -1

# One script, so that `done` and the states are of one moment even while another worker writes.
_READ = """
local done = redis.call('HMGET', KEYS[1] .. 'done', 'offset', 'tail')
local due = {}
if ARGV[1] ~= '' then
  due = redis.call('ZRANGEBYSCORE', KEYS[1] .. 'due', '-inf', ARGV[1], 'WITHSCORES')
end
local ids, seen = {}, {}
for i = 2, #ARGV do ids[#ids + 1] = ARGV[i]; seen[ARGV[i]] = true end
for i = 1, #due, 2 do if not seen[due[i]] then ids[#ids + 1] = due[i] end end
local states = {}
for i, id in ipairs(ids) do states[i] = redis.call('GET', KEYS[1] .. 'state:' .. id) end
return {done[1], done[2], due, ids, states}
"""

# `done` moves forward from exactly what this worker last saw, or nothing is written.
_REMEMBER = """
local done = redis.call('HGET', KEYS[1] .. 'done', 'offset') or ''
if done ~= ARGV[1] then return -1 end
local n = tonumber(ARGV[4])
for i = 0, n - 1 do
  local id, state, due, keep = ARGV[5 + 4*i], ARGV[6 + 4*i], ARGV[7 + 4*i], ARGV[8 + 4*i]
  if keep == '' then redis.call('SET', KEYS[1] .. 'state:' .. id, state)
  else redis.call('SET', KEYS[1] .. 'state:' .. id, state, 'PX', keep) end
  if due == '' then redis.call('ZREM', KEYS[1] .. 'due', id)
  else redis.call('ZADD', KEYS[1] .. 'due', due, id) end
end
for i = 5 + 4*n, #ARGV, 3 do
  local key = KEYS[1] .. 'outcome:' .. ARGV[i]
  if ARGV[i + 2] == '' or redis.call('EXISTS', key) == 0 then
    redis.call('SET', key, ARGV[i + 1], 'EX', OUTCOME_KEPT_S)
  end
end
redis.call('HSET', KEYS[1] .. 'done', 'offset', ARGV[2], 'tail', ARGV[3])
return 1
""".replace("OUTCOME_KEPT_S", str(OUTCOME_KEPT_S))


@dataclass(frozen=True, slots=True)
class Remembered:
    """An aggregate as it is stored: `state` is None when there is none yet.

    `handled` are the ids of the last commands that caused events, so that a repeated one changes nothing;
    `correlation_id` is that of the aggregate's first event, for what time causes later.
    """

    sequence: int = 0
    correlation_id: str = ""
    handled: tuple[str, ...] = ()
    state: bytes | None = None


@dataclass(slots=True)
class PartitionView:
    """What a step reads of one partition."""

    done: int | None
    tail: int
    due: dict[str, int]
    states: dict[str, Remembered]


@dataclass(slots=True)
class Changes:
    """What a step writes of one partition, if `done` is still `expected_done` (None: not there)."""

    expected_done: int | None
    done: int
    tail: int
    states: dict[str, Remembered] = field(default_factory=dict[str, Remembered])
    due_ms: dict[str, int | None] = field(default_factory=dict[str, "int | None"])
    keep_ms: dict[str, int | None] = field(default_factory=dict[str, "int | None"])
    outcomes: dict[str, bytes] = field(default_factory=dict[str, bytes])
    outcomes_if_lost: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """Of commands decided earlier: written only where there is none."""


class LedgerStore:
    """Reads and remembers batches: one round trip each for all partitions."""

    def __init__(self, redis: "Redis", name: str) -> None:
        self._redis = redis
        self._name = name

    def _prefix(self, partition: int) -> str:
        return f"{{{self._name}:{partition}}}:"

    async def read(self, wanted: Mapping[int, tuple[Iterable[str], int | None]]) -> dict[int, PartitionView]:
        """For each partition the states of these ids and, up to a time in ms, of everything due by then."""
        pipeline = self._redis.pipeline(transaction=False)
        for partition, (ids, due_until) in wanted.items():
            until = "" if due_until is None else str(due_until)
            pipeline.eval(_READ, 1, self._prefix(partition), until, *ids)
        answers = cast("list[list[Any]]", await pipeline.execute())
        return {partition: _view(answer) for partition, answer in zip(wanted, answers, strict=True)}

    async def remember(self, changes: Mapping[int, Changes]) -> dict[int, bool]:
        """Write each partition's changes atomically; False where `done` was not what was expected."""
        pipeline = self._redis.pipeline(transaction=False)
        for partition, change in changes.items():
            pipeline.eval(_REMEMBER, 1, self._prefix(partition), *_arguments(change))
        answers = cast("list[int]", await pipeline.execute())
        return {partition: answer != MISMATCH for partition, answer in zip(changes, answers, strict=True)}

    async def state(self, partition: int, aggregate_id: str) -> bytes | None:
        """One aggregate's state as JSON, for reading; None when there is none."""
        return (await self.remembered(partition, aggregate_id)).state

    async def remembered(self, partition: int, aggregate_id: str) -> Remembered:
        """One aggregate, for reading."""
        stored = await cast(
            "Awaitable[bytes | None]", self._redis.get(f"{self._prefix(partition)}state:{aggregate_id}")
        )
        return Remembered() if stored is None else parse_remembered(stored)

    async def is_being_rebuilt(self, partition: int) -> bool:
        """Whether what is not found may only be lost for the moment: ticks come to every partition that was decided."""
        return (await self.read({partition: ((), None)}))[partition].done is None

    async def outcome(self, partition: int, command_id: str) -> bytes | None:
        """What became of a command, for a day."""
        return await cast("Awaitable[bytes | None]", self._redis.get(f"{self._prefix(partition)}outcome:{command_id}"))

    async def announce(self, replies: Sequence[tuple[str, bytes]]) -> None:
        """Tell the waiting API processes (channel, outcome)."""
        pipeline = self._redis.pipeline(transaction=False)
        for channel, outcome in replies:
            pipeline.publish(channel, outcome)
        await pipeline.execute()


def _view(answer: list[Any]) -> PartitionView:
    done, tail, due, ids, states = answer
    # Lua drops trailing nils of a table, so the states may be fewer than the ids.
    padded = [*states, *[None] * (len(ids) - len(states))]
    return PartitionView(
        done=None if done is None else int(done),
        tail=int(tail or 0),
        due={due[i].decode(): int(float(due[i + 1])) for i in range(0, len(due), 2)},
        states={
            key.decode(): Remembered() if stored is None else parse_remembered(stored)
            for key, stored in zip(ids, padded, strict=True)
        },
    )


def _arguments(change: Changes) -> list[str | bytes]:
    expected = "" if change.expected_done is None else str(change.expected_done)
    arguments: list[str | bytes] = [
        expected,
        str(change.done),
        str(change.tail),
        str(len(change.states)),
    ]
    for aggregate_id, remembered in change.states.items():
        due, keep = change.due_ms.get(aggregate_id), change.keep_ms.get(aggregate_id)
        arguments += [
            aggregate_id,
            format_remembered(remembered),
            "" if due is None else str(due),
            "" if keep is None else str(max(keep, 1)),
        ]
    for command_id, outcome in change.outcomes.items():
        arguments += [command_id, outcome, ""]
    for command_id, outcome in change.outcomes_if_lost.items():
        arguments += [command_id, outcome, "if lost"]
    return arguments


def format_remembered(remembered: Remembered) -> bytes:
    """Three lines before the state's JSON, so that the state need not be parsed to be passed on."""
    head = f"{remembered.sequence}\n{remembered.correlation_id}\n{' '.join(remembered.handled)}\n".encode()
    return head + (remembered.state or b"")


def parse_remembered(stored: bytes) -> Remembered:
    """The inverse of `format_remembered`."""
    sequence, correlation_id, handled, state = stored.split(b"\n", 3)
    return Remembered(int(sequence), correlation_id.decode(), tuple(handled.decode().split()), state)
