"""Who is on duty, read where the ledger keeps it: what a check-in was answered is what a list shows next."""

from collections.abc import Mapping, Sequence

from services.checkin.adapters.duty_ledger import DECIDING, duty_codec
from services.checkin.domain.state import Standing, Unseen, standing
from shared.platform.ledger_store import LedgerStore
from shared.platform.producer import partition_of


class RedisDutyBook:
    """Implements the port `DutyBook`."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    async def standings(self, unit_ids: Sequence[str]) -> Mapping[str, Standing]:
        by_partition: dict[int, list[str]] = {}
        for unit_id in unit_ids:
            by_partition.setdefault(partition_of(unit_id, DECIDING.commands.partitions), []).append(unit_id)
        views = await self._store.read({number: (ids, None) for number, ids in by_partition.items()})
        return {
            unit_id: standing(Unseen() if kept.state is None else duty_codec.validate_json(kept.state))
            for view in views.values()
            for unit_id, kept in view.states.items()
        }
