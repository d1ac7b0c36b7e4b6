"""An incident, one immutable class per state. Personal fields are not kept: no decision may depend on them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.dispatch.domain.commands import Source
from services.dispatch.domain.orders import Acknowledged, Arrived, Issued, OpenOrder, Order
from services.dispatch.domain.playbook import Playbook, Stage
from services.dispatch.domain.reasons import BY_NAME, MATCHER
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import AssigneeKind, IncidentClass, OrderRole, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class StageProgress:
    """How far a stage is. `wanted`: responders aimed at; `within_m`: the last ring searched, in metres."""

    number: int
    wanted: int
    within_m: float
    rounds: int = 0
    started_at: datetime | None = None
    look_again_at: datetime | None = None
    attained_at: datetime | None = None
    in_time: bool | None = None
    missed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One request to the matcher. `answered`: its `AssignUnits` has been decided.

    `by`: who orders the units; a person where they were asked for by name.
    """

    number: int
    stage: int
    count: int
    observers_allowed: bool
    requested_at: datetime
    answered: bool = False
    reason: str = ""
    by: str = MATCHER


@dataclass(frozen=True, slots=True)
class Unreported:
    """Nothing is known of it."""

    state: Literal["unreported"] = "unreported"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reported:
    incident_id: str
    station_id: str
    path: str
    drill: bool
    incident_class: IncidentClass
    severity: Severity
    location: Point
    source: Source
    external_id: str | None
    reported_at: datetime
    reported_by: str
    playbook: Playbook
    level: int
    broadcast_id: str | None
    stages: tuple[StageProgress, ...]
    rounds: tuple[Round, ...] = ()
    orders: tuple[Order, ...] = ()

    def order(self, order_id: str) -> Order | None:
        """The order of this id, if there is one."""
        return next((order for order in self.orders if order.order_id == order_id), None)

    def open_orders(self) -> tuple[OpenOrder, ...]:
        """Orders that have not ended, in the order of their issue."""
        return tuple(order for order in self.orders if isinstance(order, Issued | Acknowledged | Arrived))

    def responders(self, stage: int) -> tuple[OpenOrder, ...]:
        """A stage's open orders but for those of observers."""
        return tuple(o for o in self.open_orders() if o.stage == stage and o.role is OrderRole.RESPOND)

    def asked(self) -> tuple[str, ...]:
        """Units that ever had an order in this incident, in the order of asking."""
        return tuple(dict.fromkeys(o.assignee_id for o in self.orders if o.assignee_kind is AssigneeKind.UNIT))

    def round(self, number: int) -> Round | None:
        """The round of this number, if it was requested."""
        return next((round_ for round_ in self.rounds if round_.number == number), None)

    def progress(self, stage: int) -> StageProgress:
        """How far the stage of this number is."""
        return next(progress for progress in self.stages if progress.number == stage)

    def shortfall(self, progress: StageProgress) -> int:
        """Responders still to be asked for: wanted, but neither ordered nor being looked for.

        Who was asked for by name may turn out not to be free: they count once they are ordered.
        """
        looked_for = sum(
            r.count for r in self.rounds if r.stage == progress.number and not r.answered and r.reason != BY_NAME
        )
        return progress.wanted - len(self.responders(progress.number)) - looked_for

    def starts_at(self, stage: Stage) -> datetime:
        """When the stage's orders go out."""
        return self.reported_at + timedelta(seconds=stage.starts_after_s)

    def due_at(self, stage: Stage) -> datetime:
        """The stage's deadline."""
        return self.reported_at + timedelta(seconds=stage.due_after_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(_Reported):
    """Units and police are on their way or at the scene."""

    state: Literal["open"] = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(_Reported):
    """Somebody else, normally the police, has the scene."""

    handed_over_at: datetime
    handed_over_to: str
    state: Literal["handed-over"] = "handed-over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(_Reported):
    """Over. Nothing leaves this state."""

    handed_over_at: datetime | None
    handed_over_to: str | None
    closed_at: datetime
    closed_by: str
    outcome: str
    """The outcome of a cleared incident, or the reason of a cancelled one."""
    cancelled: bool
    state: Literal["closed"] = "closed"


Reported = Open | HandedOver | Closed
Running = Open | HandedOver
Incident = Unreported | Reported
