"""What workers say of themselves in Redis."""

import json
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.platform.worker import WORKERS_KEY


async def heartbeats(redis_url: str) -> Sequence[dict[str, Any]]:
    """The last one of every worker that ever was; none while Redis is away."""
    try:
        async with Redis.from_url(redis_url) as redis:
            return [json.loads(beat) for beat in (await redis.hgetall(WORKERS_KEY)).values()]
    except (RedisError, OSError):
        return []
