"""The inbox: a store, and the channel that puts into it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.notify.adapters.redis_delivery_keys import KEPT, bell, inbox_key, oldest_kept
from services.notify.application.channels import OutgoingMessage, same_result
from shared.contracts.delivery import Result
from shared.platform.telemetry import get_logger
from shared.vocabulary.terms import AttemptOutcome, ChannelKind

_log = get_logger("inbox")


def put(pipeline: Any, member_ids: Sequence[str], delivery_id: str, planned_at: datetime) -> None:
    """Put a delivery into inboxes, and ring. Twice is as good as once; in any order with what happens to it later."""
    for member_id in member_ids:
        key = inbox_key(member_id)
        pipeline.zadd(key, {delivery_id: planned_at.timestamp()}, nx=True)
        pipeline.zremrangebyscore(key, "-inf", oldest_kept(planned_at))
        pipeline.expire(key, KEPT)
        pipeline.publish(bell(member_id), delivery_id)


class InboxChannel:
    """Accepted when the items are in Redis. Failed when Redis is away: putting again does no harm."""

    kind = ChannelKind.INBOX
    bears_repeats = True

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def send(self, message: OutgoingMessage) -> tuple[Result, ...]:
        pipeline = self._redis.pipeline(transaction=False)
        members = [addressee.member_id for addressee in message.addressees]
        put(pipeline, members, message.delivery_id, message.planned_at)
        try:
            await pipeline.execute()
        except (RedisError, OSError) as error:
            _log.warning("cannot-put", reason=f"{type(error).__name__}: {error}")
            return same_result(message, AttemptOutcome.FAILED, type(error).__name__)
        return same_result(message, AttemptOutcome.ACCEPTED)
