"""Incidents as the ledger remembered them last."""

from pydantic import TypeAdapter

from services.dispatch.adapters.incident_ledger import DECIDING, INCIDENT_RULES
from services.dispatch.domain.state import Incident
from shared.platform.ledger_store import LedgerStore
from shared.platform.producer import partition_of

INCIDENT_JSON: TypeAdapter[Incident] = TypeAdapter(INCIDENT_RULES.state_type)


class LedgerIncidents:
    """Plays `LiveIncidents`."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    async def incident(self, incident_id: str) -> Incident | None:
        stored = await self._store.state(_partition(incident_id), incident_id)
        return None if stored is None else INCIDENT_JSON.validate_json(stored)

    async def is_being_rebuilt(self, incident_id: str) -> bool:
        return await self._store.is_being_rebuilt(_partition(incident_id))


def _partition(incident_id: str) -> int:
    return partition_of(incident_id, DECIDING.commands.partitions)
