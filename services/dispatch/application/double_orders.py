"""No unit serves two incidents: where Redis lost a claim, or a real incident took a unit out of a drill."""

from collections.abc import Callable, Sequence

from services.dispatch.application.ports import Commands, DoubleOrders, HeldOrder, LiveIncidents
from services.dispatch.domain.orders import Ended
from services.dispatch.domain.reasons import ASSIGNED_ELSEWHERE, MATCHER
from services.dispatch.domain.state import Unreported
from shared.contracts.incident import WithdrawOrder
from shared.vocabulary.ids import derived_id


class DoubleOrderResolver:
    """Withdraws all of a unit's open orders but one; the decider then looks for substitutes."""

    def __init__(
        self,
        *,
        orders: DoubleOrders,
        incidents: LiveIncidents,
        commands: Commands,
        on_withdrawn: Callable[[HeldOrder], None],
    ) -> None:
        """`on_withdrawn` is told of each order that a withdrawal was commanded for: it is counted."""
        self._orders = orders
        self._incidents = incidents
        self._commands = commands
        self._on_withdrawn = on_withdrawn

    async def resolve(self) -> None:
        """Look at every unit that seems doubly ordered, and at what the incidents themselves say of it."""
        for held in await self._orders.doubly_ordered():
            is_open = [order for order in held if await self._is_open(order)]
            for order in superfluous(is_open):
                await self._withdraw(order)

    async def _is_open(self, order: HeldOrder) -> bool:
        """The directory may be folding old events again; only what the decider holds for open counts."""
        incident = await self._incidents.incident(order.incident_id)
        if incident is None or isinstance(incident, Unreported):
            return False
        known = incident.order(order.order_id)
        return known is not None and not isinstance(known, Ended)

    async def _withdraw(self, order: HeldOrder) -> None:
        body = WithdrawOrder(
            incident_id=order.incident_id, order_id=order.order_id, reason=ASSIGNED_ELSEWHERE, by=MATCHER
        )
        command_id = derived_id("withdraw", order.order_id)
        await self._commands.send(
            order.incident_id, body, command_id=command_id, correlation_id=command_id, drill=order.drill
        )
        self._on_withdrawn(order)


def superfluous(held: Sequence[HeldOrder]) -> Sequence[HeldOrder]:
    """All but the one that stays: a real one before a drill's, then the one that was issued first."""
    return sorted(held, key=lambda order: (order.drill, order.issued_at_ms, order.order_id))[1:]
