"""The one place where notify is put together."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI
from redis.asyncio import Redis

from services.notify.adapters.channel_file import FileChannel
from services.notify.adapters.delivery_ledger import LANE_TOPICS, deciding, ledger_name
from services.notify.adapters.http_deliveries import deliveries_router
from services.notify.adapters.http_inbox import inbox_router
from services.notify.adapters.http_sms import SmsChannel
from services.notify.adapters.http_webhook import WebhookChannel
from services.notify.adapters.kafka_lane_commands import KafkaLaneCommands
from services.notify.adapters.kafka_streams import AttemptStream, IncidentStream
from services.notify.adapters.observed_channel import ObservedChannel
from services.notify.adapters.redis_bell import InboxBell
from services.notify.adapters.redis_briefs import RedisBriefs
from services.notify.adapters.redis_call_marks import RedisCallMarks
from services.notify.adapters.redis_deliveries import DeliveryProjection, RedisContents
from services.notify.adapters.redis_delivery_keys import KEPT
from services.notify.adapters.redis_delivery_views import RedisDeliveries, RedisInbox
from services.notify.adapters.redis_inbox import InboxChannel
from services.notify.adapters.redis_people import DutyProjection, MemberProjection, RedisPeople
from services.notify.adapters.redis_planned import RedisPlannedDeliveries
from services.notify.adapters.yaml_texts import YamlTexts
from services.notify.application.channels import Channel
from services.notify.application.planning import Planner
from services.notify.application.sending import Sender
from services.notify.application.views import Deliveries, Inbox
from services.notify.domain.commands import Command
from services.notify.domain.events import Event
from services.notify.domain.state import State
from services.notify.settings import NotifySettings
from shared.contracts.topics import DELIVERIES, DUTY, INCIDENTS, MEMBERS, Topic
from shared.platform.audit import KafkaAuditLog
from shared.platform.caught_up import CaughtUp, Folded
from shared.platform.clock import SystemClock, SystemIds
from shared.platform.commands import CommandGateway
from shared.platform.ledger import Ledger
from shared.platform.ledger_store import LedgerStore
from shared.platform.producer import EventProducer
from shared.platform.projection import Projection, Projector
from shared.platform.recovery import Recovery
from shared.platform.waiting import until_it_passes
from shared.platform.web.api import OfAny, create_api, install_command_route
from shared.platform.web.health import Check
from shared.platform.web.problems import Titles
from shared.platform.worker import Worker
from shared.vocabulary.terms import ChannelKind, Lane

ALL_LANES = tuple(Lane)
UNKNOWING_S = 120.0
"""Then it is better to tell those who are known; a whole city's registry is read again in less."""
LONGEST_DUTY = timedelta(days=3)
"""A lease given longer ago than this has run out."""

TITLES: Titles = {
    "delivery-unknown": ("没有这条通知", "No such delivery"),
    "not-a-recipient": ("该通知不是发给您的", "This delivery was not for you"),
}


def build_api(settings: NotifySettings) -> FastAPI:
    """Inboxes and deliveries over HTTP. Its own lifespan connects to everything, waiting for what is away."""
    parts = _ApiParts(settings)
    app = create_api(
        "notify",
        settings=settings,
        clock=parts.clock,
        redis=parts.redis,
        titles=TITLES,
        checks=parts.checks(),
        lifespan=parts.lifespan,
        audit=parts.audit,
    )
    install_routes(app, RedisInbox(parts.redis), RedisDeliveries(parts.redis), parts.bell, parts.gateways)
    return app


def install_routes(
    app: FastAPI, inbox: Inbox, deliveries: Deliveries, bell: InboxBell, gateways: Mapping[Lane, CommandGateway]
) -> None:
    """Everything under `/notify/v1`."""
    app.include_router(inbox_router(inbox, bell, gateways))
    app.include_router(deliveries_router(deliveries))
    install_command_route(app, "notify", OfAny(tuple(gateways.values())))


class _ApiParts:
    """What the API holds open."""

    def __init__(self, settings: NotifySettings) -> None:
        self.clock = SystemClock()
        self.redis: Redis = Redis.from_url(settings.redis_url)
        self.bell = InboxBell(self.redis)
        self._producer = EventProducer(settings.kafka_bootstrap)
        self.audit = KafkaAuditLog(self._producer, self.clock, SystemIds())
        self._connected = asyncio.Event()
        self.gateways = {lane: self._gateway(lane, settings) for lane in Lane}

    def _gateway(self, lane: Lane, settings: NotifySettings) -> CommandGateway:
        return CommandGateway(
            LANE_TOPICS[lane],
            source="/notify",
            producer=self._producer,
            redis=self.redis,
            store=LedgerStore(self.redis, ledger_name(lane)),
            clock=self.clock,
            ids=SystemIds(),
            answer_within_s=settings.answer_within_s,
        )

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncGenerator[None]:
        connecting = asyncio.create_task(self._connect())
        listening = (self.bell, *self.gateways.values())
        for part in listening:
            await part.start()
        try:
            yield
        finally:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            for part in listening:
                await part.stop()
            await self._producer.stop()
            await self.redis.aclose()

    def checks(self) -> dict[str, Check]:
        answers = {f"answers-{lane.value}": gateway.check for lane, gateway in self.gateways.items()}
        return {"kafka": self._check_kafka, "redis": self._check_redis, **answers}

    async def _connect(self) -> None:
        await until_it_passes("connect to Kafka", self._producer.start)
        self._connected.set()

    async def _check_kafka(self) -> str | None:
        return None if self._connected.is_set() else "no broker has answered yet"

    async def _check_redis(self) -> str | None:
        await self.redis.ping()
        return None


def build_worker(settings: NotifySettings, lanes: Collection[Lane] = ALL_LANES) -> Worker:
    """The deciders, planners and senders of some lanes. What a lane's worker does needs no other lane's."""
    scope = "notify" if set(lanes) == set(Lane) else "-".join(("notify", *(lane.value for lane in lanes)))
    worker = Worker(scope, settings)
    for lane in lanes:
        worker.decide(_ledger(worker, lane))
    parts = _Parts(worker, scope, settings)
    _project_people(worker, parts)
    _send(worker, parts, lanes)
    # Looking up everybody on duty in a city takes a while: orders do not wait for it.
    for group, planned in (("plan", [lane for lane in lanes if lane is not Lane.BULK]), ("plan-bulk", [Lane.BULK])):
        if set(planned) & set(lanes):
            _plan(worker, parts, group, planned)
    return worker


class _Parts:
    """What several of a worker's tasks need."""

    def __init__(self, worker: Worker, scope: str, settings: NotifySettings) -> None:
        self.scope = scope
        self.prefix = f"{scope}:"
        self.commands = KafkaLaneCommands(worker.producer, worker.clock)
        self.channels, closing = _channels(worker, settings)
        self._worker = worker
        for close in closing:
            worker.on_stop(close)

    def projector(
        self, name: str, topic: Topic, projection: Projection, look_back: timedelta | None = None
    ) -> Projector:
        """A projector whose progress is `name`'s."""
        return Projector(
            name,
            topic,
            projection,
            redis=self._worker.redis,
            reader=self._worker.log_reader(),
            dead_letters=self._worker.dead_letters,
            clock=self._worker.clock,
            look_back=look_back,
        )


def _ledger(worker: Worker, lane: Lane) -> Ledger[State, Command, Event]:
    rules = deciding(lane)
    store = LedgerStore(worker.redis, ledger_name(lane))
    recovery = Recovery(store, worker.log_reader(), rules.events)
    return Ledger(rules, store=store, producer=worker.producer, dead_letters=worker.dead_letters, recovery=recovery)


def _channels(
    worker: Worker, settings: NotifySettings
) -> tuple[dict[ChannelKind, Channel], list[Callable[[], Awaitable[None]]]]:
    """The channels that have their settings, and what is to be closed of them."""
    channels: list[Channel] = [InboxChannel(worker.redis)]
    closing: list[Callable[[], Awaitable[None]]] = []
    if settings.notify_sms_url:
        sms = SmsChannel(settings.notify_sms_url, settings.notify_sms_token.get_secret_value())
        channels.append(sms)
        closing.append(sms.close)
    if settings.notify_webhook_secret is not None:
        secret = settings.notify_webhook_secret.get_secret_value()
        webhook = WebhookChannel(secret, settings.webhook_hosts, worker.clock)
        channels.append(webhook)
        closing.append(webhook.close)
    if settings.notify_file is not None:
        channels.append(FileChannel(settings.notify_file))
    return {channel.kind: ObservedChannel(channel, worker.clock) for channel in channels}, closing


def _project_people(worker: Worker, parts: _Parts) -> None:
    members = MemberProjection(worker.redis, parts.prefix)
    duty = DutyProjection(worker.redis, parts.prefix)
    worker.project(parts.projector(parts.scope, MEMBERS, members))
    worker.project(parts.projector(parts.scope, DUTY, duty, LONGEST_DUTY))


def _send(worker: Worker, parts: _Parts, lanes: Collection[Lane]) -> None:
    marks = RedisCallMarks(worker.redis)
    worker.repeat("keep call marks", marks.keep, every_s=1.0)
    sender = Sender(
        parts.channels,
        contents=RedisContents(worker.redis),
        marks=marks,
        commands=parts.commands,
        clock=worker.clock,
    )
    deliveries = parts.projector(parts.scope, DELIVERIES, DeliveryProjection(worker.redis, lanes), KEPT)
    worker.project(deliveries, "send", afterwards=AttemptStream(sender, lanes).send)


def _plan(worker: Worker, parts: _Parts, group: str, lanes: Collection[Lane]) -> None:
    briefs = RedisBriefs(worker.redis, f"{parts.prefix}{group}:")
    people = CaughtUp(
        worker.settings.kafka_bootstrap,
        Folded(worker.redis, parts.scope),
        (MEMBERS, DUTY),
        give_up_after_s=UNKNOWING_S,
    )
    worker.on_stop(people.close)
    planner = Planner(
        lanes,
        briefs=briefs,
        people=RedisPeople(worker.redis, parts.prefix, parts.channels),
        planned=RedisPlannedDeliveries(worker.redis),
        texts=YamlTexts(),
        commands=parts.commands,
        clock=worker.clock,
    )
    projector = parts.projector(f"{parts.scope}-{group}", INCIDENTS, briefs, KEPT)
    worker.react(group, INCIDENTS, IncidentStream(planner, briefs=projector, people=people).handle)
