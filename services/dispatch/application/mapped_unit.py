"""One unit as the map shows it, folded from what the log says of it."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from shared.contracts.duty import MemberCheckedIn, UnitDutyChanged
from shared.contracts.positions import Fix
from shared.contracts.registry import Unit
from shared.vocabulary.terms import DutyState

FIELDS = (
    "unit_id",
    "name",
    "class",
    "station_id",
    "lon",
    "lat",
    "duty",
    "members",
    "quorum",
    "seen_at",
    "busy",
)
"""The columns of a row. `seen_at`: seconds since 1970 of the last position, null for a unit that is shown at its site;
`busy`: null, `suspended`, `ordered` or `resting`.
"""
NEVER_MS = 253_402_300_799_000  # the end of the year 9999


class Shown(NamedTuple):
    """A row as consoles were given it. `text`: JSON, made once for all of them."""

    path: str
    lon: float
    lat: float
    text: str


@dataclass(frozen=True, slots=True)
class Registered:
    """What the registry says. `head`: the row's first columns as JSON."""

    head: str
    path: str
    lon: float
    lat: float
    quorum: int
    suspended: bool


@dataclass(slots=True, eq=False)
class MappedUnit:
    """`lon` and `lat` are those of `seen_ms`; 0: it was never seen. Times in ms since 1970."""

    unit_id: str
    registered: Registered | None = None
    duty: DutyState = DutyState.OFF
    on_duty: tuple[str, ...] = ()
    until_ms: int = NEVER_MS
    duty_sequence: int = 0
    seen_ms: int = 0
    lon: float = 0
    lat: float = 0
    orders: set[str] = field(default_factory=set[str])
    rests_until_ms: int = 0
    shown: Shown | None = None

    def register(self, unit: Unit) -> None:
        """The registry knows it, as this."""
        first = [unit.unit_id, unit.name, unit.site_class.value, unit.station_id]
        head = json.dumps(first, ensure_ascii=False, separators=(",", ":"))
        place = unit.location
        self.registered = Registered(head[:-1], unit.path, place.lon, place.lat, unit.quorum, unit.suspended)

    def delete(self) -> None:
        """The registry knows it no more; nor is anything known of its duty, should it come back."""
        self.registered, self.duty, self.on_duty = None, DutyState.OFF, ()
        self.until_ms, self.duty_sequence, self.seen_ms = NEVER_MS, 0, 0

    def change_duty(self, event: UnitDutyChanged, sequence: int) -> None:
        """An event that is not newer than the last one changes nothing."""
        if sequence <= self.duty_sequence:
            return
        self.duty_sequence, self.duty, self.on_duty = sequence, event.state, event.on_duty
        self.until_ms = NEVER_MS if event.until is None else to_ms(event.until)
        if event.location is not None and not self.seen_ms:
            self._move(event.location.lon, event.location.lat, to_ms(event.at))

    def check_in(self, event: MemberCheckedIn) -> None:
        """Somebody of it is where the post is."""
        if to_ms(event.at) > self.seen_ms:
            self._move(event.location.lon, event.location.lat, to_ms(event.at))

    def see(self, fix: Fix) -> bool:
        """It is where somebody is who is on duty in it. Whether that is news: newer, and from one of them."""
        seen_ms = to_ms(fix.time)
        if seen_ms <= self.seen_ms or fix.member_id not in self.on_duty:
            return False
        self._move(fix.lon, fix.lat, seen_ms)
        return True

    def show(self, now_ms: int) -> Shown | None:
        """The row that consoles get now; None when the registry does not know the unit."""
        own = self.registered
        if own is None:
            return None
        lon, lat = (self.lon, self.lat) if self.seen_ms else (own.lon, own.lat)
        is_over = self.until_ms <= now_ms
        duty, members = (DutyState.OFF, 0) if is_over else (self.duty, len(self.on_duty))
        seen_at = self.seen_ms // 1000 if self.seen_ms else "null"
        rest = f'{lon:.6f},{lat:.6f},"{duty.value}",{members},{own.quorum},{seen_at},{self._busy(own, now_ms)}'
        return Shown(own.path, lon, lat, f"{own.head},{rest}]")

    def _busy(self, own: Registered, now_ms: int) -> str:
        if own.suspended:
            return '"suspended"'
        if self.orders:
            return '"ordered"'
        return '"resting"' if self.rests_until_ms > now_ms else "null"

    def _move(self, lon: float, lat: float, seen_ms: int) -> None:
        self.lon, self.lat, self.seen_ms = lon, lat, seen_ms


def to_ms(time: datetime) -> int:
    """Milliseconds since 1970."""
    return int(time.timestamp() * 1000)
