"""The projection of the delivery log: contents for the sender, inboxes for members, fates for officers."""

from collections.abc import Awaitable, Collection, Sequence
from typing import Any, cast

from redis.asyncio import Redis

from services.notify.adapters.redis_delivery_keys import KEPT, LastAttempt, bell, delivery_key, incident_key
from services.notify.adapters.redis_inbox import Inboxes
from services.notify.adapters.redis_planned import remember
from services.notify.application.planning import Planned
from services.notify.application.sending import Content
from shared.contracts.base import Message
from shared.contracts.delivery import (
    AttemptBegun,
    AttemptEnded,
    DeliveryAcknowledged,
    DeliveryExpired,
    DeliveryPlanned,
    DeliveryWithdrawn,
    RecipientUnreachable,
)
from shared.platform.records import Received
from shared.vocabulary.terms import ChannelKind, Lane


class DeliveryProjection:
    """Folds the events of some lanes. Only writes, so that one batch is one round trip; a repeat changes nothing."""

    def __init__(self, redis: "Redis", lanes: Collection[Lane]) -> None:
        self._redis = redis
        self._lanes = lanes
        self._inboxes = Inboxes(redis)

    async def apply(self, items: Sequence[Received]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        touched: dict[str, Any] = {}
        for item in items:
            event = cast("Any", item.body)
            if event is not None and event.lane in self._lanes:
                _write(pipeline, event)
                if isinstance(event, AttemptBegun) and event.channel is ChannelKind.INBOX:
                    await self._inboxes.put(pipeline, event.recipient_ids, event.delivery_id, event.at)
                touched[event.delivery_id] = event
        for delivery_id in touched:
            pipeline.expire(delivery_key(delivery_id), KEPT)
        await pipeline.execute()
        await self._ring(item.body for item in items if isinstance(item.body, DeliveryWithdrawn))

    async def _ring(self, withdrawn: Any) -> None:
        """Tell who waits at their inbox that something in it has changed."""
        contents = RedisContents(self._redis)
        for event in withdrawn:
            content = await contents.find(event.delivery_id) if event.lane in self._lanes else None
            if content is not None:
                pipeline = self._redis.pipeline(transaction=False)
                for recipient in content.plan.recipients:
                    pipeline.publish(bell(recipient.member_id), event.delivery_id)
                await pipeline.execute()


class RedisContents:
    """What was planned, as the projection has it."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def find(self, delivery_id: str) -> Content | None:
        fields = self._redis.hmget(delivery_key(delivery_id), ["plan", "withdrawn"])
        plan, withdrawn = await cast("Awaitable[list[bytes | None]]", fields)
        return None if plan is None else Content(DeliveryPlanned.model_validate_json(plan), withdrawn is not None)


def _write(pipeline: Any, event: Message) -> None:
    match event:
        case DeliveryPlanned():
            _planned(pipeline, event)
        case AttemptBegun():
            last = LastAttempt(channel=event.channel).model_dump_json()
            pipeline.hset(delivery_key(event.delivery_id), mapping={f"s:{m}": last for m in event.recipient_ids})
        case AttemptEnded():
            pipeline.hset(delivery_key(event.delivery_id), mapping=_last_attempts(event))
        case RecipientUnreachable():
            pipeline.hset(delivery_key(event.delivery_id), f"g:{event.member_id}", event.reason)
        case DeliveryAcknowledged():
            pipeline.hset(delivery_key(event.delivery_id), f"a:{event.member_id}", event.at.isoformat())
            pipeline.publish(bell(event.member_id), event.delivery_id)
        case DeliveryWithdrawn():
            pipeline.hset(delivery_key(event.delivery_id), "withdrawn", event.reason)
        case DeliveryExpired():
            gaps = {f"g:{member}": "expired" for member in event.unreached_ids}
            pipeline.hset(delivery_key(event.delivery_id), mapping={"expired": "1", **gaps})
        case _:
            pass


def _planned(pipeline: Any, event: DeliveryPlanned) -> None:
    pipeline.hset(delivery_key(event.delivery_id), "plan", event.model_dump_json())
    if event.incident_id is not None:
        pipeline.zadd(incident_key(event.incident_id), {event.delivery_id: event.at.timestamp()})
        pipeline.expire(incident_key(event.incident_id), KEPT)
        planned = Planned(event.delivery_id, event.lane, event.purpose, event.order_id)
        remember(pipeline, event.incident_id, [planned])


def _last_attempts(event: AttemptEnded) -> dict[str, str]:
    stored: dict[tuple[str, str], str] = {}  # most of a cohort share one
    for result in event.results:
        if (result.outcome, result.detail) not in stored:
            stored[result.outcome, result.detail] = LastAttempt(
                channel=event.channel, outcome=result.outcome, latency_ms=event.latency_ms, detail=result.detail
            ).model_dump_json()
    return {f"s:{result.member_id}": stored[result.outcome, result.detail] for result in event.results}
