"""Waiting until something in an inbox changes."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.notify.adapters.redis_delivery_keys import bell
from shared.platform.telemetry import get_logger

_log = get_logger("bell")


class InboxBell:
    """One subscription for all who wait in this process."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen."""
        self._listening = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Stop listening."""
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening

    @contextmanager
    def listen(self, member_id: str) -> Generator[asyncio.Event]:
        """An event that is set when the member's inbox changes. Listen first, then look: nothing is missed between."""
        rung, name = asyncio.Event(), bell(member_id)
        self._waiting[name].add(rung)
        try:
            yield rung
        finally:
            self._waiting[name].discard(rung)
            if not self._waiting[name]:
                del self._waiting[name]

    async def _listen(self) -> None:
        is_heard = True
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.psubscribe(bell("*"))
                    is_heard = True
                    async for message in pubsub.listen():
                        self._ring(cast("dict[str, Any]", message))
            except (RedisError, OSError) as error:
                if is_heard:  # said once for each time that it is away
                    _log.warning("bells-unheard", reason=f"{type(error).__name__}: {error}")
                is_heard = False
            await asyncio.sleep(0.2)

    def _ring(self, message: dict[str, Any]) -> None:
        if message["type"] == "pmessage":
            for rung in self._waiting.get(message["channel"].decode(), ()):
                rung.set()
