"""What the worker does about requests for reinforcement."""

from collections.abc import Sequence

from services.dispatch.adapters import response_times
from services.dispatch.application.match import Matcher
from shared.contracts.incident import ReinforcementRequested
from shared.platform.caught_up import CaughtUp
from shared.platform.dead_letters import DeadLetters
from shared.platform.records import Record
from shared.platform.tracing import continuing


class MatchRequests:
    """Hands every request for reinforcement to the matcher. A stream handler."""

    def __init__(self, matcher: Matcher, directory: CaughtUp, dead_letters: DeadLetters) -> None:
        """`directory`: whether all is folded that the matcher chooses by; a unit half known is ordered twice."""
        self._matcher = matcher
        self._directory = directory
        self._dead_letters = dead_letters

    async def handle(self, records: Sequence[Record]) -> None:
        """Raises TimeoutError, to be tried again, while the directory is behind its logs."""
        waited = False
        items = await self._dead_letters.receive(records)
        for item in items:
            if isinstance(item.body, ReinforcementRequested):
                if not waited:
                    await self._directory.wait()
                    waited = True
                with continuing("match", item):
                    await self._matcher.on_reinforcement_requested(item.body, item.envelope.correlation_id)
        for item in items:  # at the end: a batch that is tried again is not counted twice
            response_times.observe(item.body)
