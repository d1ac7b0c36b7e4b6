"""A city on duty, made in seconds: units near their stations, armed as in life, with people who have a lease.

The demo's city is richer and takes longer to make; here only what the services fold counts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from aiokafka import AIOKafkaProducer

from deploy.local.demo.equipment import BASIC, FULL, UNARMED
from deploy.local.demo.organisation import moved, stations
from shared.contracts.base import Message, Place
from shared.contracts.duty import MemberCheckedIn, UnitDutyChanged
from shared.contracts.envelope import Envelope, encode
from shared.contracts.registry import Channel, Equipment, Member, Unit
from shared.contracts.topics import DUTY, MEMBERS, STATIONS, UNITS, Topic
from shared.platform.clock import SystemClock, SystemIds
from shared.vocabulary.organisation import StationLevel
from shared.vocabulary.terms import ChannelKind, DutyState, EquipmentKind, Role, SiteClass

SPREAD_M = 1800.0
LEASE = timedelta(hours=4)
_ARMS = ((FULL, 0.35), (BASIC, 0.55), (UNARMED, 0.10))
_FIRST_AID = 0.3

Told = tuple[Topic, str, Message, int]
"""A record to be: topic, subject, body, sequence."""


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A unit with everybody of it on duty; its quorum is two."""

    unit_id: str
    station_id: str
    path: str
    place: Place
    members: tuple[str, ...]
    equipment: tuple[EquipmentKind, ...]
    capabilities: tuple[str, ...]


def units(seed: int, count: int, members: int, members_max: int | None = None) -> list[OnDuty]:
    """`count` units of `members` to `members_max` people, spread evenly over the police stations."""
    random = Random(seed)
    police = [station for station in stations() if station.level is StationLevel.STATION]
    kinds, weights = zip(*_ARMS, strict=True)
    return [
        OnDuty(
            unit_id=f"u-{number:06}",
            station_id=(station := police[number % len(police)]).station_id,
            path=station.path,
            place=moved(station.location, random.gauss(0, SPREAD_M), random.gauss(0, SPREAD_M)),
            members=tuple(f"m-{number:06}-{n:02}" for n in range(random.randint(members, members_max or members))),
            equipment=random.choices(kinds, weights)[0],
            capabilities=("first-aid",) if random.random() < _FIRST_AID else (),
        )
        for number in range(count)
    ]


def station_states() -> Iterator[Told]:
    """The whole organisation."""
    for station in stations():
        yield STATIONS, station.station_id, station, 1


def unit_state(unit: OnDuty) -> Told:
    """What the registry publishes of a unit."""
    pieces = tuple(
        Equipment(equipment_id=f"{unit.unit_id}.{kind.value}", kind=kind, count=len(unit.members))
        for kind in unit.equipment
    )
    state = Unit(
        unit_id=unit.unit_id,
        name=unit.unit_id,
        site_id=f"s-{unit.unit_id}",
        station_id=unit.station_id,
        path=unit.path,
        site_class=SiteClass.B,
        location=unit.place,
        quorum=2,
        leader_id=unit.members[0],
        member_ids=unit.members,
        equipment=pieces,
        capabilities=unit.capabilities,
    )
    return UNITS, unit.unit_id, state, 1


def member_states(unit: OnDuty) -> Iterator[Told]:
    """Its people, who have an inbox each."""
    for member_id in unit.members:
        state = Member(
            member_id=member_id,
            unit_id=unit.unit_id,
            station_id=unit.station_id,
            path=unit.path,
            role=Role.MEMBER,
            name=member_id,
            channels=(Channel(kind=ChannelKind.INBOX),),
        )
        yield MEMBERS, member_id, state, 1


def checked_in(unit: OnDuty, now: datetime) -> Iterator[Told]:
    """Its people come on duty, one after the other."""
    for sequence, member_id in enumerate(unit.members, 1):
        event = MemberCheckedIn(
            unit_id=unit.unit_id,
            station_id=unit.station_id,
            path=unit.path,
            site_class=SiteClass.B,
            member_id=member_id,
            post_id=f"p-{unit.unit_id}",
            location=unit.place,
            accuracy_m=12,
            code_step=None,
            at=now,
            until=now + LEASE,
            renewed=False,
        )
        yield DUTY, unit.unit_id, event, sequence


def on_duty(unit: OnDuty, now: datetime) -> Told:
    """What the unit's duty has come to."""
    event = UnitDutyChanged(
        unit_id=unit.unit_id,
        station_id=unit.station_id,
        path=unit.path,
        site_class=SiteClass.B,
        state=DutyState.ON,
        on_duty=unit.members,
        quorum=2,
        location=unit.place,
        at=now,
        until=now + LEASE,
    )
    return DUTY, unit.unit_id, event, len(unit.members) + 1


def envelope_of(told: Told, now: datetime) -> Envelope:
    """The attributes with which a record is published."""
    _, subject, body, sequence = told
    id_ = _ids.new()
    return Envelope(id_, "/bench", body.ce_type(), subject, now, id_, sequence=sequence)


async def publish(bootstrap: str, records: Iterable[Told]) -> int:
    """Publish in this order; how many there were. All are with the broker on return."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5, max_batch_size=131_072)
    await producer.start()
    count = 0
    try:
        now = SystemClock().now()
        for told in records:
            key, value, headers = encode(envelope_of(told, now), told[2])
            await producer.send(told[0].name, value, key=key, headers=headers)
            count += 1
    finally:
        await producer.stop()  # flushes
    return count


def registered(city: Sequence[OnDuty]) -> Iterator[Told]:
    """The stations, and the units of a city."""
    yield from station_states()
    for unit in city:
        yield unit_state(unit)


_ids = SystemIds()
