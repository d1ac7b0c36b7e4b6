"""Notify with one delivery in memory, to one caller of every role."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from redis.asyncio import Redis

from services.notify.adapters.redis_bell import InboxBell
from services.notify.adapters.redis_delivery_views import delivery_view, inbox_item
from services.notify.application.views import DeliveryView, InboxItem
from services.notify.bootstrap import TITLES, install_routes
from services.notify.settings import NotifySettings
from shared.contracts.base import Message
from shared.contracts.delivery import DeliveryPlanned, Recipient
from shared.contracts.examples import example_of
from shared.platform.clock import SystemClock
from shared.platform.commands import CommandGateway
from shared.platform.outcomes import Outcome
from shared.platform.web.api import create_api
from shared.vocabulary.organisation import within
from shared.vocabulary.terms import Lane, Role
from tests.builders.callers import STATION, STATION_ID, Where, caller
from tests.builders.nothing import NOWHERE, nothing_to_start
from tests.builders.world import World, nothing_changed
from tests.fakes.keys import PUBLIC_KEY

OWN = {"delivery_id": "delivery-own", "incident_id": "incident-own", "aggregate_id": "delivery-own", "command": "c-own"}
ABSENT = {name: f"{name}-absent" for name in OWN}


@dataclass
class MemoryDeliveries:
    """Plays `Inbox` and `Deliveries`."""

    plans: list[DeliveryPlanned]

    async def page(self, member_id: str, after: str | None, limit: int) -> tuple[Sequence[InboxItem], str | None]:
        return [inbox_item(_stored(plan)) for plan in self.plans if _is_to(plan, member_id)], None

    async def find(self, member_id: str, delivery_id: str) -> DeliveryPlanned | None:
        return next((plan for plan in self.plans if plan.delivery_id == delivery_id and _is_to(plan, member_id)), None)

    async def knows(self, delivery_id: str) -> bool:
        return any(plan.delivery_id == delivery_id for plan in self.plans)

    async def of_incident(
        self, incident_id: str, subtree: str, after: str | None, limit: int
    ) -> tuple[Sequence[DeliveryView], str | None]:
        found = [plan for plan in self.plans if plan.incident_id == incident_id and within(plan.path, subtree)]
        return [delivery_view({"plan": _stored(plan)}) for plan in found], None


@dataclass
class AcceptingGateway:
    """Accepts everything."""

    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict[tuple[str, str], Outcome])

    async def submit(self, aggregate_id: str, body: Message, **_: object) -> Outcome:
        return Outcome(command_id="c", aggregate_id=aggregate_id, status="accepted")

    async def outcome(self, aggregate_id: str, command_id: str) -> Outcome | None:
        return self.outcomes.get((aggregate_id, command_id))

    async def is_lost(self, aggregate_id: str) -> bool:
        return False


@asynccontextmanager
async def notify_world() -> AsyncGenerator[World]:
    """The delivery is in the inbox of `Where.OWN` of each role."""
    redis: Redis = Redis.from_url(NOWHERE)
    app = create_api(
        "notify",
        settings=NotifySettings(kafka_bootstrap="127.0.0.1:9", redis_url=NOWHERE, token_public_key=PUBLIC_KEY),
        clock=SystemClock(),
        redis=redis,
        titles=TITLES,
        checks={},
        lifespan=nothing_to_start,
    )
    key = (OWN["aggregate_id"], OWN["command"])
    gateway = AcceptingGateway({key: Outcome(command_id=key[1], aggregate_id=key[0], status="accepted")})
    memory = MemoryDeliveries([_plan()])
    gateways = dict.fromkeys(Lane, cast("CommandGateway", gateway))
    install_routes(app, memory, memory, InboxBell(redis), gateways)
    yield World(app, OWN, ABSENT, put_back=nothing_changed)


def _plan() -> DeliveryPlanned:
    recipients = tuple(Recipient(member_id=caller(role, Where.OWN).subject, channels=()) for role in Role)
    about = {"delivery_id": OWN["delivery_id"], "incident_id": OWN["incident_id"], "recipients": recipients}
    return cast(
        "DeliveryPlanned",
        example_of(DeliveryPlanned).model_copy(update={**about, "station_id": STATION_ID, "path": STATION}),
    )


def _is_to(plan: DeliveryPlanned, member_id: str) -> bool:
    return any(recipient.member_id == member_id for recipient in plan.recipients)


def _stored(plan: DeliveryPlanned) -> bytes:
    return plan.model_dump_json().encode()
