"""Redis in memory, which may lose what was written; and a process's clients of it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared.platform.ledger_store import Changes, PartitionView, Remembered
from tests.fakes.world import LedgerMemory
from tests.simulation.process import Process
from tests.simulation.virtual_time import elapsed

FOR_EVER = timedelta(days=365)
FOR_EVER_MS = FOR_EVER.total_seconds() * 1000
Script = Callable[["Keys", Sequence[str]], Any]
"""What a Lua script does, in Python: its ARGV, and its answer."""


@dataclass
class Keys:
    """Values by key, as far as they are used here. `strings`: with the time at which they lapse."""

    hashes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    sets: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    strings: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])
    run: int = 0
    """Another one for each server that held them."""

    def get(self, key: str) -> str | None:
        value, until = self.strings.get(key, ("", 0))
        return value if until > elapsed() else None

    def put(self, key: str, value: str, for_ms: float) -> None:
        self.strings[key] = (value, elapsed() + for_ms / 1000)

    def delete(self, key: str) -> None:
        self.strings.pop(key, None)


@dataclass
class RedisMemory:
    """The server. `keys` is what projections write, `ledgers` the deciders' live state by name."""

    keys: Keys = field(default_factory=Keys)
    ledgers: dict[str, LedgerMemory] = field(default_factory=dict[str, LedgerMemory])
    announced: list[bytes] = field(default_factory=list[bytes])
    """Outcomes that whoever waited has heard: not lost."""

    def ledger(self, name: str) -> LedgerMemory:
        return self.ledgers.setdefault(name, LedgerMemory())

    def snapshot(self) -> list[dict[str, Any]]:
        """All there is, to be restored at a later time."""
        return [_copied(vars(part)) for part in self._parts()]

    def restore(self, snapshot: Iterable[dict[str, Any]]) -> None:
        run = self.keys.run
        for part, then in zip(self._parts(), snapshot, strict=True):
            vars(part).update(_copied(then))
        self.keys.run = run + 1

    def empty(self) -> None:
        run = self.keys.run
        for part in self._parts():
            vars(part).update(vars(type(part)()))
        self.keys.run = run

    def _parts(self) -> list[Keys | LedgerMemory]:
        return [self.keys, *self.ledgers.values()]


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    return set(value) if isinstance(value, set) else value


class Store:
    """Plays LedgerStore."""

    def __init__(self, redis: RedisMemory, name: str, process: Process) -> None:
        self._redis = redis
        self._memory = redis.ledger(name)
        self._name = name
        self._process = process

    async def read(self, wanted: Mapping[int, tuple[Iterable[str], int | None]]) -> dict[int, PartitionView]:
        return await self._process.outward(f"read states of {self._name}", lambda: self._memory.view(wanted))

    async def remember(self, changes: Mapping[int, Changes]) -> dict[int, bool]:
        return await self._process.outward(f"remember in {self._name}", lambda: self._memory.change(changes))

    async def announce(self, replies: Sequence[tuple[str, bytes]]) -> None:
        said = [outcome for _, outcome in replies]
        await self._process.outward(f"announce for {self._name}", lambda: self._redis.announced.extend(said))

    async def remembered(self, partition: int, aggregate_id: str) -> Remembered:
        view = await self.read({partition: ((aggregate_id,), None)})
        return view[partition].states[aggregate_id]

    async def state(self, partition: int, aggregate_id: str) -> bytes | None:
        return (await self.remembered(partition, aggregate_id)).state

    async def outcome(self, partition: int, command_id: str) -> bytes | None:
        kept = self._memory.partitions.get(partition, {"outcomes": {}})["outcomes"]
        return await self._process.outward(f"read an outcome of {self._name}", lambda: kept.get(command_id))


class Pipeline:
    """Calls that the server executes in one go."""

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._calls: list[Callable[[Keys], Any]] = []

    def add(self, call: Callable[[Keys], Any]) -> None:
        self._calls.append(call)

    def hset(self, key: str, name: str, value: str) -> None:
        self.add(lambda keys: keys.hashes.setdefault(key, {}).__setitem__(name, value))

    async def execute(self) -> list[Any]:
        return await self._client.call("run a pipeline", lambda keys: [call(keys) for call in self._calls])


class Client:
    """Plays redis.asyncio.Redis to one process. `scripts`: in Python what each Lua text does."""

    def __init__(self, keys: Keys, process: Process, scripts: Mapping[str, Script]) -> None:
        self._keys = keys
        self._process = process
        self._scripts = scripts

    async def call(self, what: str, effect: Callable[[Keys], Any]) -> Any:
        return await self._process.outward(f"{what} in Redis", lambda: effect(self._keys))

    def pipeline(self, *, transaction: bool) -> Pipeline:
        return Pipeline(self)

    def register_script(self, text: str) -> Callable[..., Awaitable[Any]]:
        script = self._scripts[text]

        async def run(*, keys: Sequence[str], args: Sequence[str | bytes], client: Pipeline | None = None) -> Any:
            texts = [each.decode() if isinstance(each, bytes) else each for each in args]
            own = texts if len(keys) == 1 else [*keys, *texts]  # a single key is a prefix that the script knows
            if client is None:
                return await self.call("run a script", lambda memory: script(memory, own))
            return client.add(lambda memory: script(memory, own))

        return run

    async def eval(self, text: str, _: int, key: str, *args: str) -> Any:
        return await self.call("run a script", lambda memory: self._scripts[text](memory, [key, *args]))

    async def hgetall(self, key: str) -> dict[bytes, bytes]:
        found = await self.call("read a hash", lambda memory: dict(memory.hashes.get(key, {})))
        return {name.encode(): value.encode() for name, value in found.items()}

    async def hmget(self, key: str, names: Sequence[str]) -> list[bytes | None]:
        found = await self.hgetall(key)
        return [found.get(name.encode()) for name in names]

    async def hdel(self, key: str, *names: str) -> None:
        await self.call("drop a marker", lambda memory: [memory.hashes.get(key, {}).pop(name, None) for name in names])

    async def smembers(self, key: str) -> set[bytes]:
        found = await self.call("read a set", lambda memory: set(memory.sets.get(key, ())))
        return {member.encode() for member in found}

    async def exists(self, key: str) -> bool:
        return await self.call("look for a mark", lambda memory: memory.get(key) is not None)

    async def set(self, key: str, value: bytes | int, *, nx: bool = False, px: timedelta = FOR_EVER) -> bool:
        def put(memory: Keys) -> bool:
            if nx and memory.get(key) is not None:
                return False
            memory.put(key, value.decode() if isinstance(value, bytes) else str(value), px.total_seconds() * 1000)
            return True

        return await self.call("set a mark", put)


def see_markers(memory: Keys, args: Sequence[str]) -> tuple[bytes, list[bytes]]:
    """What a Projector's script does: which store this is, and its markers."""
    key, since, new = args
    memory.strings.setdefault(since, (new, FOR_EVER_MS))
    markers = memory.hashes.get(key, {}).items()
    return identity(memory, since), [part.encode() for marker in markers for part in marker]


def move_markers(memory: Keys, args: Sequence[str]) -> int:
    """What a Projector's script does: all markers move from where they were found, in the store they were found in."""
    key, since, store, *moves = args
    if identity(memory, since) != store:
        return 0
    marks = memory.hashes.setdefault(key, {})
    steps = list(zip(moves[::3], moves[1::3], moves[2::3], strict=True))
    if any(marks.get(partition, "") != found for partition, found, _ in steps):
        return 0
    marks.update({partition: to for partition, _, to in steps})
    return 1


def identity(memory: Keys, since: str) -> bytes:
    """What redis_run.IDENTITY does."""
    return f"{memory.run} {memory.get(since) or ''}".encode()
