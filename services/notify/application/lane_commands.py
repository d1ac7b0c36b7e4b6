"""Commands to a lane's deciders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.contracts.delivery import EndAttempt, PlanDelivery, WithdrawDelivery
from shared.vocabulary.terms import Lane


@dataclass(frozen=True, slots=True)
class LaneCommand:
    """One command; its id is derived, so that what is said again after a crash changes nothing."""

    lane: Lane
    command_id: str
    correlation_id: str
    body: PlanDelivery | WithdrawDelivery | EndAttempt
    drill: bool = False


class LaneCommands(Protocol):
    """The lanes' command topics."""

    async def submit(self, commands: Sequence[LaneCommand]) -> None:
        """Write them in order. Durable on return; waits for brokers that are away."""
        ...
