"""The map's part of a live stream."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from prometheus_client import Counter

from services.dispatch.application.map_sight import Sight
from services.dispatch.application.unit_map import News, UnitMap
from shared.platform.clock import from_ms

DROPPED_TO_SNAPSHOT = Counter(
    "meu_stream_dropped_to_snapshot", "Times that a console's whole view was sent anew since it did not keep up."
)


class Watcher:
    """One console, and what it was given. Nothing is kept for it: what it missed is looked up when it can take it."""

    def __init__(self, units: UnitMap, sight: Sight) -> None:
        self._units = units
        self._sight = sight
        self._seen = 0

    def woken_by(self, wake: Callable[[], None]) -> AbstractContextManager[None]:
        """`wake` is called whenever there may be news."""
        return self._units.watch(wake)

    def snapshot(self) -> str:
        """Everything in its view."""
        return self._frame(self._units.snapshot(self._sight))

    def news(self) -> str | None:
        """What is new since the last frame; None when nothing is."""
        if self._seen == self._units.version:
            return None
        news = self._units.news(self._sight, self._seen)
        if news.kind == "snapshot":
            DROPPED_TO_SNAPSHOT.inc()
            return self._frame(news)
        self._seen = news.version
        return self._frame(news) if news.rows or news.gone else None

    def _frame(self, news: News) -> str:
        self._seen = news.version
        snapshot = '"snapshot":true,' if news.kind == "snapshot" else ""
        gone = ",".join(f'"{unit_id}"' for unit_id in news.gone)
        at, rows = from_ms(self._units.at_ms).isoformat(), ",".join(news.rows)
        return f'event: units\ndata: {{"at":"{at}",{snapshot}"rows":[{rows}],"gone":[{gone}]}}\n\n'
