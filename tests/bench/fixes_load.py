"""A radio gateway that reports where everybody of a city is, and the same fixes written straight into Redis."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import redis

from shared.platform.clock import SystemClock, to_ms
from tests.bench.city import OnDuty
from tests.bench.load import Request, Tally, closed_loop, open_loop, run

BATCH, CLIENTS = 5000, 4
PIPELINED = 1000
PATH = "/checkin/v1/positions"
ACCEPTED = 202
_TIME = "2000-01-01T00:00:00+00:00"
_clock = SystemClock()


@dataclass(slots=True)
class _Gateway:
    """Goes round the city, batch by batch; each batch carries the time at which it is sent."""

    headers: Mapping[str, str]
    bodies: Sequence[bytes]
    fixes: int
    sent: int = 0
    left: int = 0

    def __call__(self) -> Request | None:
        if self.left == 0:
            return None
        self.left -= 1
        body = self.bodies[self.sent % len(self.bodies)]
        self.sent += 1
        return Request(PATH, self.headers, body.replace(_TIME.encode(), _clock.now().isoformat().encode()))


_gateway: list[_Gateway] = []


def get_ready(headers: Mapping[str, str], city: Sequence[OnDuty]) -> int:
    """The bodies of one round, a fix of each unit; how many bodies there are."""
    fixes = [
        {
            "unit_id": unit.unit_id,
            "member_id": unit.members[0],
            "lon": unit.place.lon,
            "lat": unit.place.lat,
            "accuracy_m": 12,
            "time": _TIME,
        }
        for unit in city
    ]
    bodies = [json.dumps({"fixes": fixes[start : start + BATCH]}).encode() for start in range(0, len(fixes), BATCH)]
    _gateway[:] = [_Gateway(headers, bodies, len(fixes))]
    return len(bodies)


def report_rounds(base_url: str, rounds: int) -> tuple[Tally, int]:
    """Report so many rounds as fast as they are taken; also, the time (ms) before which the last round began."""
    gateway = _gateway[0]
    per_round = len(gateway.bodies)
    gateway.left = per_round * (rounds - 1)
    first = run(closed_loop(base_url, gateway, clients=CLIENTS, seconds=60))
    began_ms = to_ms(_clock.now()) - 1
    gateway.left = per_round
    last = run(closed_loop(base_url, gateway, clients=CLIENTS, seconds=60))
    first.statuses.update(last.statuses)
    first.elapsed_s += last.elapsed_s
    return first, began_ms


def report_steadily(base_url: str, fixes_a_second: float, seconds: float) -> Tally:
    """Report at this rate, whatever the answers do."""
    gateway = _gateway[0]
    batches_a_second = fixes_a_second * len(gateway.bodies) / gateway.fixes
    gateway.left = int(batches_a_second * seconds) + 1
    return run(open_loop(base_url, gateway, rate=batches_a_second, seconds=seconds))


def write_straight(redis_url: str, city: Sequence[OnDuty], rounds: int) -> float:
    """Pipelined GEOADD and HSET of the same fixes, without Kafka and without a rule; fixes a second."""
    with redis.Redis.from_url(redis_url) as client:
        started = time.perf_counter()
        for _ in range(rounds):
            at_ms = to_ms(_clock.now())
            for start in range(0, len(city), PIPELINED):
                pipeline = client.pipeline(transaction=False)
                for unit in city[start : start + PIPELINED]:
                    lon, lat = unit.place.lon, unit.place.lat
                    pipeline.geoadd("bench:geo", (lon, lat, unit.unit_id))
                    pipeline.hset(f"bench:unit:{unit.unit_id}", mapping={"lon": lon, "lat": lat, "at_ms": at_ms})
                pipeline.execute()
        return rounds * len(city) / (time.perf_counter() - started)
