"""An audit in memory."""

from dataclasses import dataclass, field

from aiokafka.errors import KafkaConnectionError

from shared.ports import Action


@dataclass
class MemoryAudit:
    """Remembers, unless it is told that the brokers are away."""

    actions: list[Action] = field(default_factory=list[Action])
    away: bool = False

    async def record(self, action: Action) -> None:
        if self.away:
            raise KafkaConnectionError
        self.actions.append(action)
