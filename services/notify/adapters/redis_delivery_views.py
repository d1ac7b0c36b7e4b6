"""Reading the projection of the delivery log for people."""

from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from redis.asyncio import Redis

from services.notify.adapters.redis_delivery_keys import LastAttempt, delivery_key, inbox_key, incident_key
from services.notify.application.views import DeliveryView, InboxItem, RecipientState, RecipientView
from shared.contracts.delivery import DeliveryPlanned
from shared.vocabulary.organisation import within
from shared.vocabulary.terms import AttemptOutcome

Page = tuple[Sequence[str], str | None]


class RedisInbox:
    """Members' inboxes, newest first."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def page(self, member_id: str, after: str | None, limit: int) -> tuple[Sequence[InboxItem], str | None]:
        ids, more = await _page(self._redis, inbox_key(member_id), after, limit, newest_first=True)
        pipeline = self._redis.pipeline(transaction=False)
        for delivery_id in ids:
            pipeline.hmget(delivery_key(delivery_id), ["plan", "withdrawn", f"a:{member_id}"])
        found = cast("list[list[bytes | None]]", await pipeline.execute())
        items = [inbox_item(plan, withdrawn, read) for plan, withdrawn, read in found if plan is not None]
        return items, more

    async def find(self, member_id: str, delivery_id: str) -> DeliveryPlanned | None:
        """The plan of a delivery to this member; None when there is none, or it is for others."""
        stored = await cast("Awaitable[bytes | None]", self._redis.hget(delivery_key(delivery_id), "plan"))
        plan = None if stored is None else DeliveryPlanned.model_validate_json(stored)
        mine = plan is not None and any(recipient.member_id == member_id for recipient in plan.recipients)
        return plan if mine else None

    async def knows(self, delivery_id: str) -> bool:
        return bool(await cast("Awaitable[int]", self._redis.hexists(delivery_key(delivery_id), "plan")))


class RedisDeliveries:
    """What became of an incident's deliveries, oldest first."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def of_incident(
        self, incident_id: str, subtree: str, after: str | None, limit: int
    ) -> tuple[Sequence[DeliveryView], str | None]:
        found: list[DeliveryView] = []
        position = after
        while len(found) <= limit:  # one more tells that there are more of this subtree, which others' must not
            ids, position = await _page(self._redis, incident_key(incident_id), position, limit, newest_first=False)
            found += [delivery for delivery in await self._read(ids) if within(delivery.path, subtree)]
            if position is None:
                break
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    async def _read(self, ids: Sequence[str]) -> list[DeliveryView]:
        pipeline = self._redis.pipeline(transaction=False)
        for delivery_id in ids:
            pipeline.hgetall(delivery_key(delivery_id))
        found = cast("list[dict[bytes, bytes]]", await pipeline.execute())
        return [delivery_view({k.decode(): v for k, v in fields.items()}) for fields in found if b"plan" in fields]


async def _page(redis: "Redis", key: str, after: str | None, limit: int, *, newest_first: bool) -> Page:
    """The ids after `after`, and the last of them when there are more."""
    start = 0
    if after is not None:
        rank: Any = await (redis.zrevrank(key, after) if newest_first else redis.zrank(key, after))
        if rank is None:  # what the cursor named has expired, and so has all behind it or before it
            return (), None
        start = rank + 1
    found: Any = await redis.zrange(key, start, start + limit, desc=newest_first)
    ids = [each.decode() for each in found]
    return ids[:limit], ids[limit - 1] if len(ids) > limit else None


def inbox_item(stored: bytes, withdrawn: bytes | None = None, read: bytes | None = None) -> InboxItem:
    """A kept plan as its recipient sees it; why it was withdrawn and when it was read, where it was."""
    plan = DeliveryPlanned.model_validate_json(stored)
    return InboxItem(
        id=plan.delivery_id,
        incident_id=plan.incident_id,
        order_id=plan.order_id,
        purpose=plan.purpose,
        drill=plan.drill,
        number=plan.short_number,
        text=plan.text,
        photo_url=plan.photo_url,
        actions=plan.actions,
        at=plan.at,
        expires_at=plan.expires_at,
        acknowledged_at=None if read is None else datetime.fromisoformat(read.decode()),
        withdrawn=None if withdrawn is None else withdrawn.decode(),
    )


def delivery_view(fields: Mapping[str, bytes]) -> DeliveryView:
    """What is kept of a delivery, as stations see it; of a fresh one that is the `plan`."""
    plan = DeliveryPlanned.model_validate_json(fields["plan"])
    withdrawn = fields.get("withdrawn")
    recipients = tuple(_recipient(recipient.member_id, fields) for recipient in plan.recipients)
    return DeliveryView(
        id=plan.delivery_id,
        incident_id=plan.incident_id,
        order_id=plan.order_id,
        station_id=plan.station_id,
        path=plan.path,
        lane=plan.lane,
        purpose=plan.purpose,
        drill=plan.drill,
        number=plan.short_number,
        at=plan.at,
        expires_at=plan.expires_at,
        withdrawn=None if withdrawn is None else withdrawn.decode(),
        expired="expired" in fields,
        recipients=recipients,
        gaps=sum(recipient.gap is not None for recipient in recipients),
    )


def _recipient(member_id: str, fields: Mapping[str, bytes]) -> RecipientView:
    stored, gap, read = (fields.get(f"{kind}:{member_id}") for kind in "sga")
    last = None if stored is None else LastAttempt.model_validate_json(stored)
    return RecipientView(
        member_id=member_id,
        state=_state(last, gap, "withdrawn" in fields),
        channel=None if last is None else last.channel,
        latency_ms=None if last is None else last.latency_ms,
        detail="" if last is None else last.detail,
        acknowledged_at=None if read is None else datetime.fromisoformat(read.decode()),
        gap=None if gap is None or read is not None else gap.decode(),
    )


def _state(last: LastAttempt | None, gap: bytes | None, withdrawn: bool) -> RecipientState:
    outcome = None if last is None else last.outcome
    if outcome is AttemptOutcome.ACCEPTED or outcome is AttemptOutcome.UNKNOWN:
        return outcome.value
    if gap is not None:
        return "expired" if gap == b"expired" else "unreachable"
    if withdrawn:
        return "withdrawn"
    if last is None:
        return "queued"
    return "failed" if outcome is AttemptOutcome.FAILED else "attempting"
