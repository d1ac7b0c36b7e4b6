"""The API on fakes: no broker, no database, no Redis."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI
from redis.asyncio import Redis

from services.checkin.adapters.duty_ledger import duty_codec
from services.checkin.adapters.hazard_ledger import HAZARD_DECIDING, hazard_codec
from services.checkin.adapters.sql_hazards import Recorded
from services.checkin.application.directory import Directory
from services.checkin.application.identity_provider import IdentityProvider
from services.checkin.bootstrap import Parts, assemble_api
from services.checkin.domain.codes import PostCodes
from services.checkin.domain.hazards import Hazard, Unknown, decide, evolve
from services.checkin.domain.state import Duty, Facts, Lease, Manned, Standing, Unseen, standing
from services.checkin.settings import CheckinSettings
from shared.contracts.base import Message
from shared.contracts.duty import CheckIn
from shared.contracts.positions import PositionsReported
from shared.platform.clock import SystemClock
from shared.platform.commands import CommandGateway
from shared.platform.outcomes import Outcome
from shared.platform.web.tokens import Principal
from shared.vocabulary.decisions import Refused
from shared.vocabulary.terms import Role, SiteClass
from tests.builders.nothing import NOWHERE, nothing_to_start
from tests.conformance.checkin.city import EVERYTHING, STATION_PATH
from tests.conformance.checkin.memory_accounts import MemoryAccounts, MemorySessions, MemoryTries
from tests.conformance.checkin.memory_hazards import MemoryHazards, MemoryPhotos
from tests.conformance.checkin.memory_registry import MemoryRegistry
from tests.fakes.audit import MemoryAudit
from tests.fakes.keys import PRIVATE_KEY, PUBLIC_KEY, bearer

SECRET = "a secret of the test city, long enough"
MEMBER = Principal("m-2", Role.MEMBER, STATION_PATH, unit_id="u-1")
LEADER = Principal("m-1", Role.LEADER, STATION_PATH, unit_id="u-1")
OFFICER = Principal("o-1", Role.OFFICER, STATION_PATH)
OPERATOR = Principal("operator", Role.OPERATOR, "/440100")
DISPLAY = Principal("p-1", Role.DISPLAY, STATION_PATH)
ELSEWHERE = Principal("o-2", Role.OFFICER, "/440100/440106/440106002")


class SetClock:
    """Stands still."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def now(self) -> datetime:
        return self.time


@dataclass
class FakeGateway:
    """Accepts everything, unless told what to answer."""

    submitted: list[Message] = field(default_factory=list[Message])
    answer: Outcome | None = None

    async def submit(self, aggregate_id: str, body: Message, **_: object) -> Outcome:
        self.submitted.append(body)
        return self.answer or Outcome(
            command_id="c-1",
            aggregate_id=aggregate_id,
            status="accepted",
            state=duty_codec.dump_json(duty(body)).decode(),
        )

    async def outcome(self, aggregate_id: str, command_id: str) -> Outcome | None:
        return self.answer


@dataclass
class HazardWorker:
    """Decides hazards as the worker does, and feeds the book; or answers as it is told to."""

    clock: SetClock
    book: MemoryHazards = field(default_factory=MemoryHazards)
    live: dict[str, Hazard] = field(default_factory=dict[str, Hazard])
    submitted: list[Message] = field(default_factory=list[Message])
    answer: Outcome | None = None
    has_lost_all: bool = False

    async def submit(self, aggregate_id: str, body: Message, **_: object) -> Outcome:
        self.submitted.append(body)
        if self.answer is not None:
            return self.answer
        state = self.live.get(aggregate_id, Unknown())
        decision = decide(state, HAZARD_DECIDING.commands_in.to_domain(body), self.clock.now())
        outcome = Outcome(command_id="c", aggregate_id=aggregate_id, status="accepted")
        if isinstance(decision, Refused):
            return outcome.model_copy(update={"status": "refused", "code": decision.code, "detail": decision.detail})
        for event in decision.events:
            state = evolve(state, event)
            sequence = self.book.states.get(aggregate_id, (0, state))[0] + 1
            await self.book.fold([Recorded(aggregate_id, sequence, event)])
        self.live[aggregate_id] = state
        return outcome.model_copy(update={"state": hazard_codec.dump_json(state).decode()})

    async def state(self, aggregate_id: str) -> bytes | None:
        return hazard_codec.dump_json(self.live[aggregate_id]) if aggregate_id in self.live else None

    async def is_lost(self, aggregate_id: str) -> bool:
        return self.has_lost_all

    async def outcome(self, aggregate_id: str, command_id: str) -> Outcome | None:
        return None


def duty(body: Message) -> Duty:
    if not isinstance(body, CheckIn):
        return Unseen()
    facts = Facts(body.unit_id, body.station_id, body.path, body.site_class, body.quorum)
    until = body.scanned_at + timedelta(seconds=body.lease_s)
    return Manned(facts, None, (), (Lease(body.member_id, body.post_id, until),))


@dataclass
class FakeBook:
    duties: dict[str, Duty] = field(default_factory=dict[str, Duty])

    async def standings(self, unit_ids: Sequence[str]) -> Mapping[str, Standing]:
        return {unit_id: standing(self.duties.get(unit_id, Unseen())) for unit_id in unit_ids}


@dataclass
class FakeLog:
    batches: list[PositionsReported] = field(default_factory=list[PositionsReported])

    async def publish(self, batches: Sequence[PositionsReported]) -> None:
        self.batches += batches


@dataclass
class FakeAttempts:
    left: int = 5

    async def take(self, member_id: str) -> bool:
        self.left -= 1
        return self.left >= 0

    async def forget(self, member_id: str) -> None:
        self.left = 5


class PlainPasswords:
    """Takes no time."""

    async def hash(self, password: str) -> str:
        return f"hash of {password}"

    async def matches(self, password_hash: str | None, password: str) -> bool:
        return password_hash == f"hash of {password}"


@dataclass
class Desk:
    """The API, and what lies behind it."""

    app: FastAPI
    http: httpx.AsyncClient
    clock: SetClock
    directory: Directory
    registry: MemoryRegistry
    gateway: FakeGateway
    book: FakeBook
    log: FakeLog
    accounts: MemoryAccounts
    sessions: MemorySessions
    audit: MemoryAudit
    hazards: HazardWorker
    photos: MemoryPhotos
    codes: PostCodes = field(default_factory=lambda: PostCodes(SECRET.encode()))

    async def get(self, who: Principal, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(f"/checkin/v1{path}", headers={**bearer(who), **headers})

    async def post(self, who: Principal, path: str, body: Any) -> httpx.Response:
        return await self.http.post(f"/checkin/v1{path}", json=body, headers=bearer(who))

    async def relay(self) -> None:
        """Everything that the registry noted reaches the directory."""
        while (batch := await self.registry.take("test", SystemClock().now(), 100)) is not None:
            for publication in batch.publications:
                self.directory.apply(publication)
            await self.registry.published(batch)
        self.directory.whole = True


@pytest.fixture
async def desk() -> AsyncGenerator[Desk]:
    async with desk_on_fakes() as desk:
        yield desk


@asynccontextmanager
async def desk_on_fakes(
    gateway: FakeGateway | None = None,
    public_url: str = "",
    provider: IdentityProvider | None = None,
    clock: SetClock | None = None,
    audit: MemoryAudit | None = None,
) -> AsyncGenerator[Desk]:
    """Everything of EVERYTHING is registered, and nobody is on duty."""
    settings = CheckinSettings(
        kafka_bootstrap="nowhere:1",
        redis_url=NOWHERE,
        token_public_key=PUBLIC_KEY,
        token_private_key=PRIVATE_KEY,
        database_url="sqlite+aiosqlite:///nowhere",
        personal_data_key=Fernet.generate_key().decode(),
        post_code_secret=SECRET,
        public_url=public_url,
    )
    gateway = gateway or FakeGateway()
    book, log, registry, directory = FakeBook(), FakeLog(), MemoryRegistry(), Directory()
    clock = clock or SetClock()
    hazards, photos = HazardWorker(clock), MemoryPhotos()
    accounts, sessions, audit = MemoryAccounts(), MemorySessions(), audit or MemoryAudit()
    parts = Parts(
        directory=directory,
        book=book,
        attempts=FakeAttempts(),
        registry=registry,
        accounts=accounts,
        first_start=accounts,
        tries=MemoryTries(),
        sessions=sessions,
        passwords=PlainPasswords(),
        provider=provider,
        audit=audit,
        positions=log,
        gateway=cast("CommandGateway", gateway),
        hazards=hazards.book,
        hazard_photos=photos,
        hazard_gateway=cast("CommandGateway", hazards),
        redis=Redis.from_url(settings.redis_url),
        clock=clock,
        checks={},
        lifespan=nothing_to_start,
    )
    app = assemble_api(settings, parts)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        desk = Desk(
            app, http, clock, directory, registry, gateway, book, log, accounts, sessions, audit, hazards, photos
        )
        await registry.save(EVERYTHING)
        await desk.relay()
        yield desk


def manned(unit_id: str, *members: str, quorum: int = 2) -> Manned:
    until = datetime.now(UTC) + timedelta(hours=1)
    facts = Facts(unit_id, "440106001", STATION_PATH, SiteClass.B, quorum)
    return Manned(facts, None, (), tuple(Lease(member, "p-1", until) for member in members))
