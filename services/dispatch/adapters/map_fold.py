"""What the log says of units, folded into the live map."""

from collections import OrderedDict
from datetime import timedelta
from typing import Final

from services.dispatch.application.mapped_unit import to_ms
from services.dispatch.application.unit_map import UnitMap
from shared.contracts.duty import MemberCheckedIn, UnitDutyChanged
from shared.contracts.incident import OrderCompleted, OrderDeclined, OrderIssued, OrderUnanswered, OrderWithdrawn
from shared.contracts.positions import PositionsReported
from shared.contracts.registry import Unit
from shared.contracts.topics import INCIDENTS
from shared.platform.records import Received
from shared.vocabulary.terms import AssigneeKind

INCIDENTS_REMEMBERED: Final = 50_000
_Ended = OrderDeclined | OrderUnanswered | OrderWithdrawn | OrderCompleted


class MapFold:
    """By the rules of the unit directory in Redis (`update_unit.lua`, `update_positions.lua`, `update_orders.lua`)."""

    def __init__(self, units: UnitMap, rest_s: float) -> None:
        """`rest_s`: how long a unit that was at a scene is left alone, in seconds."""
        self._units = units
        self._rest = timedelta(seconds=rest_s)
        self._last: OrderedDict[str, int] = OrderedDict()
        """Incident → sequence of the last event folded."""

    def fold(self, item: Received) -> None:
        """Fold one record of any topic that says something of units."""
        match item.body:
            case None:
                self._units.touch(item.envelope.subject).delete()
            case Unit() as unit:
                self._units.touch(unit.unit_id).register(unit)
            case UnitDutyChanged() as event:
                unit = self._units.touch(event.unit_id)
                unit.change_duty(event, item.envelope.sequence or 0)
                self._units.look_again(unit.unit_id, unit.until_ms)
            case MemberCheckedIn() as event:
                self._units.touch(event.unit_id).check_in(event)
            case PositionsReported() as batch:
                self._move(batch)
            case _:
                if item.record.topic == INCIDENTS.name and self._is_new(item):
                    self._order(item)

    def _move(self, batch: PositionsReported) -> None:
        for fix in batch.fixes:
            unit = self._units.known(fix.unit_id)
            if unit is not None and unit.see(fix):
                self._units.touch(fix.unit_id)

    def _is_new(self, item: Received) -> bool:
        """A worker that was taken for dead may publish an incident's events again, long after."""
        incident_id, sequence = item.envelope.subject, item.envelope.sequence or 0
        if sequence <= self._last.get(incident_id, 0):
            return False
        self._last[incident_id] = sequence
        self._last.move_to_end(incident_id)
        if len(self._last) > INCIDENTS_REMEMBERED:
            self._last.popitem(last=False)
        return True

    def _order(self, item: Received) -> None:
        match item.body:
            case OrderIssued(assignee_kind=AssigneeKind.UNIT) as event:
                self._units.touch(event.assignee_id).orders.add(event.order_id)
            case (OrderDeclined() | OrderUnanswered() | OrderWithdrawn() | OrderCompleted()) as event:
                if event.assignee_kind is AssigneeKind.UNIT:
                    self._end(event)
            case _:
                pass

    def _end(self, event: _Ended) -> None:
        unit = self._units.touch(event.assignee_id)
        unit.orders.discard(event.order_id)
        if isinstance(event, OrderCompleted):
            unit.rests_until_ms = max(unit.rests_until_ms, to_ms(event.at + self._rest))
            self._units.look_again(unit.unit_id, unit.rests_until_ms)
