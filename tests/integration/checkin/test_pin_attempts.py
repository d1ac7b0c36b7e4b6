"""Counting PIN attempts on a real Redis."""

from redis.asyncio import Redis

from services.checkin.adapters.redis_pin_attempts import ATTEMPTS_MAX, RedisPinAttempts


async def test_attempts_are_counted_for_each_member_and_forgotten_after_a_right_one(redis_url: str) -> None:
    redis: Redis = Redis.from_url(redis_url)
    attempts = RedisPinAttempts(redis)
    taken = [await attempts.take("m-1") for _ in range(ATTEMPTS_MAX + 2)]
    assert taken == [True] * ATTEMPTS_MAX + [False] * 2
    assert await attempts.take("m-2")
    (key,) = await redis.keys("*m-1*")
    assert 0 < await redis.ttl(key) <= 900
    await attempts.forget("m-1")
    assert await attempts.take("m-1")
    await redis.aclose()
