"""A channel as it is watched: what became of its calls, how long they took, and how soon people were told."""

import time

from prometheus_client import Counter, Histogram

from services.notify.application.channels import Channel, OutgoingMessage
from shared.contracts.delivery import Result
from shared.platform.tracing import calling
from shared.ports import Clock
from shared.vocabulary.terms import AttemptOutcome, ChannelKind

CALL_SECONDS = Histogram(
    "meu_channel_call_seconds",
    "One call of a channel's provider, for up to 500 people.",
    ["channel", "lane"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
ATTEMPTS = Counter(
    "meu_attempts", "People for whom a channel was called, by what became of it.", ["channel", "lane", "outcome"]
)
TOLD_SECONDS = Histogram(
    "meu_delivery_accepted_seconds",
    "From planning a delivery until a channel took it over, for each person.",
    ["channel", "lane"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 12, 30, 60, 300, 900),
)


class ObservedChannel:
    """Plays `Channel` by another one."""

    def __init__(self, channel: Channel, clock: Clock) -> None:
        self._channel = channel
        self._clock = clock

    @property
    def kind(self) -> ChannelKind:
        return self._channel.kind

    @property
    def bears_repeats(self) -> bool:
        return self._channel.bears_repeats

    async def send(self, message: OutgoingMessage) -> tuple[Result, ...]:
        channel, lane = self.kind.value, message.lane.value
        started = time.perf_counter()
        with calling(f"call {channel}", message):
            results = await self._channel.send(message)
        CALL_SECONDS.labels(channel, lane).observe(time.perf_counter() - started)
        after_s = (self._clock.now() - message.planned_at).total_seconds()
        for result in results:
            ATTEMPTS.labels(channel, lane, result.outcome.value).inc()
            if result.outcome is AttemptOutcome.ACCEPTED:
                TOLD_SECONDS.labels(channel, lane).observe(max(0.0, after_s))
        return results
