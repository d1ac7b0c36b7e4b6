"""A unit directory filled by the projections, as in the running system, and the plain rule to compare it with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from redis.asyncio import Redis

from services.dispatch.adapters.claims_kept import KEPT_KEY
from services.dispatch.adapters.redis_unit_directory import RedisUnitDirectory
from services.dispatch.adapters.redis_unit_orders import RedisUnitOrders
from services.dispatch.adapters.redis_units import RedisUnits
from services.dispatch.application.ports import Selection
from shared.contracts import incident
from shared.contracts.base import Message, Place
from shared.contracts.duty import MemberCheckedIn, UnitDutyChanged
from shared.contracts.envelope import Envelope
from shared.contracts.playbook import Need
from shared.contracts.positions import Fix, PositionsReported
from shared.contracts.registry import Equipment, Unit
from shared.platform.records import Received, Record
from shared.vocabulary.geography import Point, distance_m
from shared.vocabulary.terms import (
    AssigneeKind,
    DutyState,
    EquipmentKind,
    IncidentClass,
    OrderRole,
    Severity,
    SiteClass,
)

NOW = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)
SCENE = Point(113.3190, 23.1352)
STATION, PATH = "440106007", "/440100/440106/440106007"
MAX_AGE_S = 1800.0
METRE = 1 / 111_195  # of latitude, in degrees
EVENT: dict[str, Any] = {"station_id": STATION, "path": PATH, "drill": False, "at": NOW, "by": "matcher"}


@dataclass(frozen=True)
class Guard:
    """A unit as a test describes it. `north_m`: metres north of the scene."""

    unit_id: str
    north_m: float
    members: int = 3
    equipment: tuple[EquipmentKind, ...] = (EquipmentKind.SHIELD,)
    capabilities: tuple[str, ...] = ()
    position_age_s: float = 0
    duty: DutyState = DutyState.ON
    until_s: float = 3600
    suspended: bool = False
    registered: bool = True
    expires_in_days: int | None = None

    @property
    def place(self) -> Point:
        return Point(SCENE.lon, SCENE.lat + self.north_m * METRE)


class StoppedClock:
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time


class Directory:
    """The adapters over one Redis."""

    def __init__(self, redis: Redis, rest_s: float = 120) -> None:
        self.redis = redis
        self.clock = StoppedClock()
        self.units = RedisUnits(redis)
        self.orders = RedisUnitOrders(redis, clock=self.clock, rest_s=rest_s)
        self.directory = RedisUnitDirectory(redis, position_max_age_s=MAX_AGE_S)
        self._sequences: dict[str, int] = {}

    async def add(self, *guards: Guard) -> None:
        for guard in guards:
            await self.units.apply([received(guard.unit_id, body, 1) for body in bodies(guard)])

    async def happen(self, *events: Message) -> None:
        """Fold events of incidents, each with the incident's next sequence."""
        for event in events:
            subject = event.incident_id  # pyright: ignore[reportAttributeAccessIssue]
            self._sequences[subject] = self._sequences.get(subject, 0) + 1
            await self.fold(received(subject, event, self._sequences[subject]))

    async def fold(self, item: Received, *, forced: bool = False) -> int:
        """1: folded; 0: was folded before; -1: something before it is missing."""
        pipeline = self.redis.pipeline(transaction=False)
        await self.orders.add(pipeline, item, forced=forced)
        return (await pipeline.execute())[0]

    async def choose(self, request: incident.ReinforcementRequested, after_s: float = 0) -> list[tuple[str, str, str]]:
        """(unit, role or empty when not chosen, reasons) of what was looked at, in order."""
        selection = await self.select(request, after_s)
        return [(f.unit_id, f.role.value if f.chosen else "", " ".join(f.reasons)) for f in selection.units]

    async def select(self, request: incident.ReinforcementRequested, after_s: float = 0) -> Selection:
        """As `choose`, with everything. The claims of before are kept."""
        await self.redis.set(KEPT_KEY, (await self.redis.info("server"))["run_id"])
        return await self.directory.choose_and_claim(request, NOW + timedelta(seconds=after_s))

    async def look(self, request: incident.ReinforcementRequested) -> list[tuple[str, str, str]]:
        """As `choose`, by looking only."""
        await self.redis.set(KEPT_KEY, (await self.redis.info("server"))["run_id"])
        selection = await self.directory.look(request, NOW)
        return [(f.unit_id, f.role.value if f.chosen else "", " ".join(f.reasons)) for f in selection.units]

    async def chosen(self, request: incident.ReinforcementRequested, after_s: float = 0) -> list[str]:
        return [unit for unit, role, _ in await self.choose(request, after_s) if role]


def received(subject: str, body: Message | None, sequence: int) -> Received:
    kind = "deleted" if body is None else body.ce_type()
    envelope = Envelope("e", "/test", kind, subject, NOW, "c", sequence=sequence)
    return Received(Record("t", 0, 0, NOW, subject.encode(), None, {}), envelope, body)


def bodies(guard: Guard) -> list[Message]:
    members = tuple(f"{guard.unit_id}-m{n}" for n in range(guard.members))
    at = NOW - timedelta(seconds=guard.position_age_s)
    place = Place(lon=guard.place.lon, lat=guard.place.lat)
    base: dict[str, Any] = {
        "unit_id": guard.unit_id,
        "station_id": STATION,
        "path": PATH,
        "site_class": SiteClass.B,
    }
    expires = None if guard.expires_in_days is None else NOW.date() + timedelta(days=guard.expires_in_days)
    pieces = tuple(
        Equipment(equipment_id=f"{guard.unit_id}.{kind.value}", kind=kind, count=1, expires_on=expires)
        for kind in guard.equipment
    )
    unit = Unit(
        **base,
        name=guard.unit_id,
        site_id="site",
        location=place,
        quorum=1,
        equipment=pieces,
        capabilities=guard.capabilities,
        suspended=guard.suspended,
    )
    checked_in = MemberCheckedIn(
        **base,
        member_id=(*members, "m")[0],
        post_id="post",
        location=place,
        accuracy_m=5,
        code_step=1,
        at=at,
        until=NOW + timedelta(seconds=guard.until_s),
        renewed=False,
    )
    changed = UnitDutyChanged(
        **base,
        state=guard.duty,
        on_duty=members,
        quorum=1,
        location=place,
        at=at,
        until=NOW + timedelta(seconds=guard.until_s),
    )
    return [*([unit] if guard.registered else []), checked_in, changed]


def fix(unit_id: str, member_id: str, place: Point, at: datetime) -> PositionsReported:
    reported = Fix(unit_id=unit_id, member_id=member_id, lon=place.lon, lat=place.lat, accuracy_m=5, time=at)
    return PositionsReported(station_id=STATION, path=PATH, fixes=(reported,))


def request(incident_id: str = "i1", round_: int = 1, **changes: Any) -> incident.ReinforcementRequested:
    need = {name: changes.pop(name) for name in Need.model_fields if name in changes}
    values: dict[str, Any] = {
        **EVENT,
        "incident_id": incident_id,
        "round": round_,
        "stage": 3,
        "need": Need(assignee=AssigneeKind.UNIT, **{"count": 1, "within_m": 3000, **need}),
        "observers_allowed": False,
        "threat_members_min": 1,
        "threat_equipment": (),
        "location": Place(lon=SCENE.lon, lat=SCENE.lat),
        "exclude": (),
        "reason": "stage-started",
    }
    return incident.ReinforcementRequested(**{**values, **changes})


def issued(unit_id: str, incident_id: str = "i1", round_: int = 1, **changes: Any) -> incident.OrderIssued:
    values: dict[str, Any] = {
        **EVENT,
        "incident_id": incident_id,
        "order_id": f"{incident_id}-{unit_id}",
        "round": round_,
        "stage": 3,
        "assignee_kind": AssigneeKind.UNIT,
        "assignee_id": unit_id,
        "assignee_station_id": STATION,
        "role": OrderRole.RESPOND,
        "location": Place(lon=SCENE.lon, lat=SCENE.lat),
        "incident_class": IncidentClass.RESCUE,
        "severity": Severity.MINOR,
        "distance_m": 1,
        "eta_s": 1,
        "respond_by": NOW,
    }
    return incident.OrderIssued(**{**values, **changes})


def ended(kind: type[Message], unit_id: str, incident_id: str = "i1", **changes: Any) -> Message:
    values: dict[str, Any] = {
        **EVENT,
        "incident_id": incident_id,
        "order_id": f"{incident_id}-{unit_id}",
        "stage": 3,
        "assignee_kind": AssigneeKind.UNIT,
        "assignee_id": unit_id,
    }
    extra: dict[str, Any] = {"reason": "busy", "on_behalf": False}
    allowed = {name: value for name, value in extra.items() if name in kind.model_fields}
    return kind(**{**values, **allowed, **changes})


def reference(guards: Sequence[Guard], wanted: incident.ReinforcementRequested) -> list[tuple[str, str]]:
    """(unit, role) of those that ought to be chosen from an untouched directory, nearest first."""
    there = [g for g in guards if g.registered and not g.suspended and g.duty is DutyState.ON and g.until_s > 0]
    near = sorted(there, key=lambda g: distance_m(SCENE, g.place))
    fit = [g for g in near if distance_m(SCENE, g.place) <= wanted.need.within_m and _is_fit(g, wanted)]
    responders = [g for g in fit if not _is_below_threat(g, wanted)][: wanted.need.count]
    watchers = [g for g in fit if _is_below_threat(g, wanted)] if wanted.observers_allowed else []
    watchers = watchers[: wanted.need.count - len(responders)]
    return [(g.unit_id, "respond" if g in responders else "observe") for g in near if g in responders or g in watchers]


def _is_fit(guard: Guard, wanted: incident.ReinforcementRequested) -> bool:
    return (
        guard.unit_id not in wanted.exclude
        and guard.position_age_s <= MAX_AGE_S
        and guard.members >= wanted.need.members_min
        and _has(guard, wanted.need.equipment)
        and (wanted.need.capability is None or wanted.need.capability in guard.capabilities)
    )


def _is_below_threat(guard: Guard, wanted: incident.ReinforcementRequested) -> bool:
    kinds = tuple(EquipmentKind(kind) for kind in wanted.threat_equipment)
    return guard.members < wanted.threat_members_min or not _has(guard, kinds)


def _has(guard: Guard, kinds: Sequence[EquipmentKind]) -> bool:
    usable = guard.expires_in_days is None or guard.expires_in_days >= 0
    return all(kind in guard.equipment and usable for kind in kinds)
