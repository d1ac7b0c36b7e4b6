"""Check-in with a site, a post and a unit that are `Where.OWN`'s, and others beside them."""

import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from services.checkin.adapters.duty_ledger import DECIDING, duty_codec
from services.checkin.application.account_ports import Session
from services.checkin.application.hazards import Photo
from services.checkin.domain.accounts import Account, Credentials, Right
from services.checkin.domain.decide import decide
from services.checkin.domain.evolve import evolve
from services.checkin.domain.registry import Entry
from services.checkin.domain.state import Duty, Facts, Lease, Manned, Unseen
from shared.contracts.base import Message, Place
from shared.contracts.hazard import RectifyHazard, ReportHazard
from shared.platform.outcomes import Outcome
from shared.vocabulary.decisions import Refused
from shared.vocabulary.terms import HazardKind, Role, SiteClass
from tests.builders.callers import OTHER_STATION_ID, STATION, STATION_ID, Where, caller
from tests.builders.world import World
from tests.component.checkin.conftest import Desk, FakeGateway, SetClock, desk_on_fakes
from tests.conformance.checkin.city import LEADER, MEMBER, PLACE, SHIELD, SITE, UNIT

PASSWORD = "correct horse battery"
CREDENTIALS = Credentials(f"hash of {PASSWORD}", one_time_until=None)
SESSION = "a-refresh-token"
CREW = (Role.LEADER, Role.MEMBER)


@dataclass
class MemoryDuty(FakeGateway):
    """Decides duty as the worker does, and knows what became of one command."""

    clock: SetClock = field(default_factory=SetClock)
    states: dict[str, Duty] = field(default_factory=dict[str, Duty])

    async def submit(self, aggregate_id: str, body: Message, **_: object) -> Outcome:
        state = self.states.get(aggregate_id, Unseen())
        decision = decide(state, DECIDING.commands_in.to_domain(body), self.clock.now())
        if isinstance(decision, Refused):
            return Outcome(
                command_id="c",
                aggregate_id=aggregate_id,
                status="refused",
                code=decision.code,
                detail=decision.detail,
            )
        for event in decision.events:
            state = evolve(state, event)
        self.states[aggregate_id] = state
        stored = duty_codec.dump_json(state).decode()
        return Outcome(command_id="c", aggregate_id=aggregate_id, status="accepted", state=stored)

    async def outcome(self, aggregate_id: str, command_id: str) -> Outcome | None:
        if (aggregate_id, command_id) != ("unit-own", "command-own"):
            return None
        return Outcome(command_id=command_id, aggregate_id=aggregate_id, status="accepted")


@asynccontextmanager
async def checkin_world() -> AsyncGenerator[World]:
    """The crew of `unit-own` is on duty."""
    gateway, count = MemoryDuty(), itertools.count()
    async with desk_on_fakes(gateway) as desk:
        gateway.clock = desk.clock

        async def put_back() -> None:
            await desk.registry.save(_city())
            gateway.states = {"unit-own": _manned(desk.clock)}
            await _find_hazards(desk)
            await _let_in(desk, f"session-{next(count)}")

        await put_back()
        await desk.relay()
        own = _own(desk)
        absent = {name: f"{name}-absent" for name in own if name.endswith("_id") or name == "command"}
        yield World(desk.app, own, {**own, **absent, "code": "e-absent", "station": "440106999"}, put_back)


def _own(desk: Desk) -> dict[str, str]:
    now = desk.clock.now()
    return {
        "station": STATION_ID,
        "site_id": "site-own",
        "unit_id": "unit-own",
        "post_id": "post-own",
        "aggregate_id": "unit-own",
        "command": "command-own",
        "hazard_id": "hazard-own",
        "rectified_id": "hazard-rectified",
        "account_id": "member-own",
        "member_id": "leader-own",
        "login": "member-own",
        "password": PASSWORD,
        "session": SESSION,
        "station_path": STATION,
        "kind": "equipment",
        "code": "e-own",
        "shown_code": desk.codes.shown("post-own", now).code,
        "lon": str(PLACE.lon),
        "lat": str(PLACE.lat),
        "now": now.isoformat(),
    }


def _city() -> list[Entry]:
    """In each place a site with a post, a unit with its crew and a piece of equipment."""
    entries: list[Entry] = []
    for where in (Where.OWN, Where.NEIGHBOUR, Where.FOREIGN):
        station = OTHER_STATION_ID if where is Where.FOREIGN else STATION_ID
        post = replace(SITE.posts[0], code=f"post-{where}", location=PLACE, fixed_code_allowed=True)
        unit = f"unit-{where}"
        entries += [
            replace(SITE, code=f"site-{where}", station=station, posts=(post,)),
            replace(UNIT, code=unit, site=f"site-{where}"),
            replace(LEADER, code=caller(Role.LEADER, where).subject, unit=unit),
            replace(MEMBER, code=caller(Role.MEMBER, where).subject, unit=unit),
            replace(SHIELD, code=f"e-{where}", unit=unit),
        ]
    return entries


async def _let_in(desk: Desk, session_id: str) -> None:
    """An account for every caller, and a session of one of them."""
    desk.accounts.all.clear()
    for role, where in itertools.product(Role, Where):
        who = caller(role, where)
        right = Right(role, who.path, who.station_id, who.unit_id)
        await desk.accounts.add(Account(who.subject, who.subject, who.subject, right), CREDENTIALS)
    session = Session(session_id, "member-own", desk.clock.now() + timedelta(days=1))
    await desk.sessions.begin(session, SESSION, desk.clock.now())


def _manned(clock: SetClock) -> Manned:
    until = clock.now() + timedelta(hours=1)
    facts = Facts("unit-own", STATION_ID, STATION, SiteClass.B, 2)
    leases = tuple(Lease(caller(role, Where.OWN).subject, "post-own", until) for role in CREW)
    return Manned(facts, None, (), leases)


async def _find_hazards(desk: Desk) -> None:
    """Two at the site of `unit-own`, each with a photo; somebody who is no caller has put one of them right."""
    desk.hazards.live.clear()
    desk.hazards.book.states.clear()
    for hazard_id in ("hazard-own", "hazard-rectified"):
        photo = Photo(f"photo-of-{hazard_id}", "image/jpeg", b"\xff\xd8\xff", "somebody")
        await desk.photos.keep(photo, desk.clock.now())
        report = ReportHazard(
            hazard_id=hazard_id,
            by="somebody",
            kind=HazardKind.FIRE,
            note="灭火器过期",
            location=Place(lon=PLACE.lon, lat=PLACE.lat),
            accuracy_m=5,
            photo_id=photo.photo_id,
            unit_id="unit-own",
            station_id=STATION_ID,
            path=STATION,
            found_at=desk.clock.now(),
        )
        await desk.hazards.submit(hazard_id, report)
    done = RectifyHazard(hazard_id="hazard-rectified", by="somebody", note="已更换")
    await desk.hazards.submit("hazard-rectified", done)
