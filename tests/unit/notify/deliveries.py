"""Deliveries as short as tests want to write them, and a decider with its clock and its log."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from services.notify.domain.commands import AcknowledgeDelivery, Command, EndAttempt, PlanDelivery, WithdrawDelivery
from services.notify.domain.decide import decide
from services.notify.domain.events import AttemptBegun, Event
from services.notify.domain.evolve import evolve
from services.notify.domain.state import State, Unplanned
from services.notify.domain.values import Channel, Recipient, Result
from shared.vocabulary.decisions import Accepted, Refused, TimePassed
from shared.vocabulary.terms import AttemptOutcome, ChannelKind, Lane

T0 = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)
INBOX, SMS, WEBHOOK = ChannelKind.INBOX, ChannelKind.SMS, ChannelKind.WEBHOOK
ACCEPTED, FAILED, UNKNOWN = AttemptOutcome.ACCEPTED, AttemptOutcome.FAILED, AttemptOutcome.UNKNOWN
E = TypeVar("E")


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def recipient(member_id: str, *kinds: ChannelKind) -> Recipient:
    return Recipient(member_id, tuple(Channel(kind, f"{kind}:{member_id}") for kind in kinds))


IN_TEN_MINUTES = T0 + seconds(600)


def plan(*recipients: Recipient, lane: Lane = Lane.EMERGENCY, expires_at: datetime = IN_TEN_MINUTES) -> PlanDelivery:
    return PlanDelivery(
        delivery_id="d1",
        lane=lane,
        purpose="order",
        incident_id="i1",
        order_id="o1",
        station_id="440106007",
        path="/440100/440106/440106007",
        short_number="0042",
        recipients=recipients,
        text="紧急指令 0042",
        actions=("acknowledge",),
        expires_at=expires_at,
    )


def ended(begun: AttemptBegun, outcomes: dict[str, AttemptOutcome]) -> EndAttempt:
    results = tuple(Result(member, outcome) for member, outcome in outcomes.items())
    return EndAttempt(delivery_id="d1", attempt_id=begun.attempt_id, results=results, latency_ms=12.5)


def acknowledge(member_id: str) -> AcknowledgeDelivery:
    return AcknowledgeDelivery(delivery_id="d1", member_id=member_id, via=INBOX)


WITHDRAW = WithdrawDelivery(delivery_id="d1", reason="answered")


class Log:
    """One delivery from its first command on."""

    def __init__(self, *commands: Command) -> None:
        self.now = T0
        self.state: State = Unplanned()
        self.events: list[Event] = []
        for command in commands:
            self.do(command)

    def do(self, command: Command | TimePassed, after: timedelta = timedelta()) -> Sequence[Event]:
        """The events of an accepted command, `after` so long."""
        self.now += after
        decision = decide(self.state, command, self.now)
        assert isinstance(decision, Accepted), decision
        for event in decision.events:
            self.state = evolve(self.state, event)
        self.events += decision.events
        return decision.events

    def refusal(self, command: Command) -> str:
        decision = decide(self.state, command, self.now)
        assert isinstance(decision, Refused), decision
        return decision.code

    def wait(self, count: float) -> Sequence[Event]:
        return self.do(TimePassed(), seconds(count))

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def last_begun(self) -> AttemptBegun:
        return self.of(AttemptBegun)[-1]
