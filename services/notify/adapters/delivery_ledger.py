"""The delivery decider as the platform's ledger takes it, once for each lane."""

from typing import Annotated

from pydantic import Discriminator

from services.notify.domain.commands import AcknowledgeDelivery, Command, EndAttempt, PlanDelivery, WithdrawDelivery
from services.notify.domain.decide import decide
from services.notify.domain.events import (
    AttemptBegun,
    AttemptEnded,
    DeliveryAcknowledged,
    DeliveryExpired,
    DeliveryPlanned,
    DeliveryWithdrawn,
    Event,
    RecipientUnreachable,
)
from services.notify.domain.evolve import evolve
from services.notify.domain.state import State, Unplanned, due, keep_for
from shared.contracts.topics import DELIVERIES, NOTIFY_BULK, NOTIFY_EMERGENCY, NOTIFY_NORMAL, Topic
from shared.platform.rules import Deciding, Rules
from shared.vocabulary.terms import Lane

LANE_TOPICS: dict[Lane, Topic] = {
    Lane.EMERGENCY: NOTIFY_EMERGENCY,
    Lane.NORMAL: NOTIFY_NORMAL,
    Lane.BULK: NOTIFY_BULK,
}

DELIVERY_RULES: Rules[State, Command, Event] = Rules(
    aggregate="delivery",
    initial=Unplanned(),
    decide=decide,
    evolve=evolve,
    due=due,
    keep_for=keep_for,
    state_type=Annotated[State, Discriminator("state")],
    command_types=(PlanDelivery, EndAttempt, AcknowledgeDelivery, WithdrawDelivery),
    event_types=(
        DeliveryPlanned,
        AttemptBegun,
        AttemptEnded,
        RecipientUnreachable,
        DeliveryAcknowledged,
        DeliveryWithdrawn,
        DeliveryExpired,
    ),
)


def ledger_name(lane: Lane) -> str:
    """Under which a lane's live state lies in Redis."""
    return f"notify-{lane.value}"


def deciding(lane: Lane) -> Deciding[State, Command, Event]:
    """The rules with a lane's topics; all lanes write to one event topic."""
    return Deciding(DELIVERY_RULES, LANE_TOPICS[lane], DELIVERIES, f"/notify/{lane.value}")
