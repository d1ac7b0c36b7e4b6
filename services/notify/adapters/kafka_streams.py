"""The records that the planner and the sender act on."""

import asyncio
from collections.abc import Collection, Sequence

from services.notify.application.notices import PLANNED_FOR
from services.notify.application.planning import Planner
from services.notify.application.sending import Sender
from shared.contracts.delivery import AttemptBegun
from shared.contracts.envelope import Undecodable
from shared.platform.caught_up import CaughtUp
from shared.platform.dead_letters import understand
from shared.platform.projection import Projector
from shared.platform.records import Received, Record
from shared.platform.tracing import continuing
from shared.vocabulary.terms import Lane

_ATTEMPT_BEGUN = AttemptBegun.ce_type().encode()


class IncidentStream:
    """Incident events, folded into briefs first, then planned for."""

    def __init__(self, planner: Planner, *, briefs: Projector, people: CaughtUp) -> None:
        self._planner = planner
        self._briefs = briefs
        self._people = people

    async def handle(self, records: Sequence[Record]) -> None:
        """A stream handler. What is no event of the topic is buried by the briefs' projector."""
        await self._briefs.handle(records)
        by_incident: dict[str, list[Received]] = {}
        for record in records:
            if (item := _understood(record)) and type(item.body) in PLANNED_FOR:
                by_incident.setdefault(item.envelope.subject, []).append(item)
        if by_incident:
            await self._people.wait()
        planned = await asyncio.gather(*map(self._plan, by_incident.values()), return_exceptions=True)
        for outcome in planned:
            if outcome is not None:
                raise outcome

    async def _plan(self, items: Sequence[Received]) -> None:
        """One incident's events, in order. Incidents go side by side: each waits for the brokers several times."""
        for item in items:
            with continuing("plan", item):
                await self._planner.on_incident_event(item.body, item.envelope.id, item.envelope.correlation_id)


class AttemptStream:
    """Attempts of some lanes, each on its own: a slow provider holds up nobody."""

    def __init__(self, sender: Sender, lanes: Collection[Lane]) -> None:
        self._sender = sender
        self._lanes = lanes

    async def send(self, record: Record) -> None:
        """Called with every record of the delivery log once it is folded."""
        if record.headers.get("ce_type") != _ATTEMPT_BEGUN:
            return
        item = _understood(record)
        if item is not None and isinstance(item.body, AttemptBegun) and item.body.lane in self._lanes:
            with continuing("send", item):
                await self._sender.on_attempt_begun(item.body, item.envelope.correlation_id)


def _understood(record: Record) -> Received | None:
    try:
        return understand(record)
    except Undecodable:
        return None
