"""Live state and dispatch's read side, as they lie in Redis."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

from redis.asyncio import Redis

from tests.chaos.checker.contracts import LEDGERS
from tests.chaos.checker.evidence import LiveState, Remembered

AT_ONCE = 500
UNITS, VIEWS = "{dispatch:units}:", "{dispatch:incidents}:"
_STATE = re.compile(r"\{(?P<ledger>[a-z-]+):\d+\}:state:(?P<id>.+)")
_DUE = re.compile(r"\{(?P<ledger>[a-z-]+):\d+\}:due")


async def live_state(url: str) -> LiveState:
    """Everything that the rules compare."""
    redis: Redis = Redis.from_url(url, decode_responses=True)
    try:
        return await _read(redis)
    finally:
        await redis.aclose()


async def _read(redis: "Redis") -> LiveState:
    aggregates: dict[tuple[str, str], Remembered] = {}
    due_ms: dict[tuple[str, str], int] = {}
    for ledger in LEDGERS.values():
        async for key, stored in _values(redis, f"{{{ledger}:*}}:state:*", "get"):
            found = cast("re.Match[str]", _STATE.fullmatch(key))
            aggregates[ledger, found["id"]] = remembered(stored)
        async for _, scores in _values(redis, f"{{{ledger}:*}}:due", "zrange", 0, -1, withscores=True):
            due_ms.update({(ledger, aggregate_id): int(score) for aggregate_id, score in scores})
    nodes: dict[tuple[str, str], frozenset[str]] = {}
    async for key, incidents in _values(redis, f"{_literal(VIEWS)}by-node:*", "zrange", 0, -1):
        status, node = key.removeprefix(f"{VIEWS}by-node:").split(":", 1)
        nodes[status, node] = frozenset(incidents)
    return LiveState(
        aggregates=aggregates,
        due_ms=due_ms,
        orders=await _named(redis, f"{UNITS}orders:", "hgetall"),
        units=await _named(redis, f"{UNITS}unit:", "hgetall"),
        nodes=nodes,
        summaries=await _named(redis, f"{VIEWS}incident:", "hgetall"),
        event_counts=await _named(redis, f"{VIEWS}events:", "llen"),
        deliveries=await _sets(redis, "notify:delivery:", "hkeys"),
        inboxes=await _sets(redis, "{notify:inboxes}:", "zrange", 0, -1),
        doubly_ordered=frozenset(await cast("Any", redis.smembers(f"{UNITS}doubly-ordered"))),
    )


def remembered(stored: str) -> Remembered:
    """Three lines (sequence, correlation id, handled ids) before the state's JSON."""
    sequence, _, handled, state = stored.split("\n", 3)
    return Remembered(int(sequence), tuple(handled.split()), state)


async def _named(redis: "Redis", prefix: str, command: str) -> Mapping[str, Any]:
    """The answer of `command` for every key of a prefix, by what follows it."""
    return {key.removeprefix(prefix): value async for key, value in _values(redis, f"{_literal(prefix)}*", command)}


async def _sets(redis: "Redis", prefix: str, command: str, *args: Any) -> dict[str, frozenset[str]]:
    """The same, of commands that list names."""
    found = _values(redis, f"{_literal(prefix)}*", command, *args)
    return {key.removeprefix(prefix): frozenset(names) async for key, names in found}


async def _values(redis: "Redis", pattern: str, command: str, *args: Any, **options: Any) -> AsyncIterator[Any]:
    keys: list[str] = [key async for key in redis.scan_iter(pattern, count=5_000)]
    for start in range(0, len(keys), AT_ONCE):
        chunk = keys[start : start + AT_ONCE]
        pipeline = redis.pipeline(transaction=False)
        for key in chunk:
            getattr(pipeline, command)(key, *args, **options)
        for key, value in zip(chunk, await pipeline.execute(), strict=True):
            if value is not None:
                yield key, value


def _literal(text: str) -> str:
    return text.replace("[", "\\[")
