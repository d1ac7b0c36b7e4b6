"""The inbox: a store, and the channel that puts into it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from services.notify.adapters.redis_delivery_keys import BELLS, INBOXES, KEPT, oldest_kept
from services.notify.application.channels import OutgoingMessage, same_result
from shared.contracts.delivery import Result
from shared.platform.telemetry import get_logger
from shared.vocabulary.terms import AttemptOutcome, ChannelKind

_PUT = (Path(__file__).parent / "put_in_inboxes.lua").read_text("utf-8")

_log = get_logger("inbox")


class Inboxes:
    """The store."""

    def __init__(self, redis: "Redis") -> None:
        self._put = redis.register_script(_PUT)

    async def put(
        self, pipeline: "Pipeline", member_ids: Sequence[str], delivery_id: str, planned_at: datetime
    ) -> None:
        """And ring. Twice is as good as once; in any order with what happens to the delivery later."""
        kept = (planned_at.timestamp(), oldest_kept(planned_at), int(KEPT.total_seconds()))
        await self._put(keys=[INBOXES], args=[delivery_id, *kept, BELLS, *member_ids], client=pipeline)


class InboxChannel:
    """Accepted when the items are in Redis. Failed when Redis is away: putting again does no harm."""

    kind = ChannelKind.INBOX
    bears_repeats = True

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._inboxes = Inboxes(redis)

    async def send(self, message: OutgoingMessage) -> tuple[Result, ...]:
        pipeline = self._redis.pipeline(transaction=False)
        members = [addressee.member_id for addressee in message.addressees]
        await self._inboxes.put(pipeline, members, message.delivery_id, message.planned_at)
        try:
            await pipeline.execute()
        except (RedisError, OSError) as error:
            _log.warning("cannot-put", reason=f"{type(error).__name__}: {error}")
            return same_result(message, AttemptOutcome.FAILED, type(error).__name__)
        return same_result(message, AttemptOutcome.ACCEPTED)
