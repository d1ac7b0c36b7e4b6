"""The audit as it is read: who did or saw what, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.analytics.domain.window import Window
from shared.contracts.audit import ActionRecorded


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which actions are asked for: those in `window` of people whose right lies in the subtree at `path`, of one
    account or all (`actor_id` None), of one kind or all (`action` None), and if `only_refused` what was not done.
    """

    path: str
    window: Window
    actor_id: str | None = None
    action: str | None = None
    only_refused: bool = False

    @property
    def of_nobody_placed(self) -> bool:
        """Whether actions without a path are among them: failed log-ins of nobody known, log-outs, the first start.
        They belong to no part of the tree, so they are for whoever oversees all of it: the root's auditor.
        """
        return self.path.count("/") == 1


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the list: an action's time, and its place in its chain."""

    at: datetime
    chain_id: str
    number: int


def position_of(record: ActionRecorded) -> Position:
    """Where a record stands in the list."""
    return Position(record.at, record.chain_id, record.number)


class AuditTrail(Protocol):
    """What was kept of the audit."""

    async def actions(self, wanted: Wanted, before: Position | None, limit: int) -> Sequence[ActionRecorded]:
        """The newest `limit` of what is wanted, newest first; `before`: only those that come behind it in that order.

        A record kept twice is one. May raise HistoryUnavailable.
        """
        ...

    async def count(self, wanted: Wanted, up_to: int) -> int:
        """How many are wanted; `up_to` when it is that many or more. May raise HistoryUnavailable."""
        ...
