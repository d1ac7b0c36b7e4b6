"""Watching how far behind everybody is, and when the system has come to rest."""

import asyncio
from collections.abc import Mapping, Sequence

from kafka.errors import KafkaError

from deploy.local.lags import group_lags
from tests.chaos.heartbeats import heartbeats
from tests.chaos.notes import Notes, now

SAMPLE_EVERY_S = 2.0
TICKS_UNDER_WAY = 150
"""Lag of a command topic that nothing but ticks is written to: two workers' ticks of a second or so."""

Lags = Mapping[tuple[str, str], int]


class LagWatch:
    """Samples the lag of every group that a worker ever named in its heartbeat."""

    def __init__(self, bootstrap: str, redis_url: str, notes: Notes) -> None:
        self._bootstrap = bootstrap
        self._redis_url = redis_url
        self._notes = notes
        self._groups: set[str] = set()

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            await self.sample()
            await asyncio.sleep(SAMPLE_EVERY_S)

    async def sample(self) -> Lags | None:
        """Lags now, written down; None when nobody could be asked."""
        await self._find_groups()
        try:
            lags = await asyncio.to_thread(group_lags, self._bootstrap, sorted(self._groups))
        except (KafkaError, OSError, TimeoutError):
            return None
        at = now()
        for (group, topic), lag in lags.items():
            self._notes.write({"at": at, "group": group, "topic": topic, "lag": lag})
        return lags

    async def until_caught_up(self, within_s: float, but: Sequence[str] = ()) -> None:
        """Return when nobody has anything to read but ticks. TimeoutError, with who is behind, when it takes longer.

        `but`: groups (by the beginnings of their names) that nobody runs any more.
        """
        behind: Lags = {}
        try:
            async with asyncio.timeout(within_s):
                while True:
                    lags = await self.sample()
                    if lags is not None:
                        behind = {key: lag for key, lag in lags.items() if _is_behind(*key, lag, but)}
                        if lags and not behind:
                            return
                    await asyncio.sleep(SAMPLE_EVERY_S)
        except TimeoutError as error:
            raise TimeoutError(f"not at rest after {within_s:g} s: {dict(behind)}") from error

    async def _find_groups(self) -> None:
        self._groups |= {group for beat in await heartbeats(self._redis_url) for group in beat["groups"]}


def _is_behind(group: str, topic: str, lag: int, but: Sequence[str]) -> bool:
    if any(group.startswith(prefix) for prefix in but):
        return False
    return lag > (TICKS_UNDER_WAY if group.endswith(".decide") else 0)
