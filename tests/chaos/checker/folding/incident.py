"""An incident after its events."""

from dataclasses import dataclass, field
from typing import Any

from tests.chaos.checker.log import Record
from tests.chaos.checker.times import moment

LEVELS = {"station": 1, "district": 2, "city": 3}
ENDINGS = {
    "order-declined": "declined",
    "order-unanswered": "unanswered",
    "order-withdrawn": "withdrawn",
    "order-completed": "completed",
}
"""What ends an order, and as what."""
CLOSING = ("incident-cleared", "incident-cancelled")


@dataclass(slots=True)
class Order:
    """An order to a unit or to the police."""

    order_id: str
    unit: str | None
    stage: int
    status: str = "issued"

    @property
    def is_open(self) -> bool:
        return self.status in ("issued", "acknowledged", "arrived")


@dataclass(slots=True)
class Stage:
    """How far a stage is."""

    attained_us: int | None = None
    missed_us: int | None = None


@dataclass(slots=True)
class Incident:
    """`rounds`: number → whether the matcher's answer was decided."""

    state: str = "unreported"
    level: int = 0
    drill: bool = False
    path: str = ""
    reported_us: int = 0
    playbook: dict[str, Any] = field(default_factory=dict)
    broadcast_id: str | None = None
    orders: dict[str, Order] = field(default_factory=dict)
    stages: dict[int, Stage] = field(default_factory=dict)
    rounds: dict[int, bool] = field(default_factory=dict)

    def apply(self, event: Record) -> None:
        """One more event."""
        body = event.body
        match event.kind:
            case "incident-reported":
                self._report(body)
            case "incident-escalated":
                self.level = body["level"]
            case "order-issued":
                unit = body["assignee_id"] if body["assignee_kind"] == "unit" else None
                self.orders[body["order_id"]] = Order(body["order_id"], unit, body["stage"])
            case "order-acknowledged":
                self.orders[body["order_id"]].status = "acknowledged"
            case "assignee-arrived":
                self.orders[body["order_id"]].status = "arrived"
            case kind if kind in ENDINGS:
                self.orders[body["order_id"]].status = ENDINGS[kind]
            case "stage-attained":
                self.stages[body["stage"]].attained_us = moment(body["at"])
            case "stage-missed":
                self.stages[body["stage"]].missed_us = moment(body["at"])
            case "handed-over":
                self.state = "handed-over"
            case kind if kind in CLOSING:
                self.state = "closed"
            case "reinforcement-requested":
                self.rounds[body["round"]] = False
            case "units-considered":
                self.rounds[body["round"]] = True
            case "broadcast-ordered":
                self.broadcast_id = body["broadcast_id"]
            case "broadcast-recalled":
                self.broadcast_id = None
            case "sighting-reported":
                pass
            case _:
                raise ValueError(f"{event.kind} is no event of an incident")

    def _report(self, body: dict[str, Any]) -> None:
        self.state = "open"
        self.drill, self.path = body["drill"], body["path"]
        self.reported_us = moment(body["at"])
        self.playbook = body["playbook"]
        self.level = max((LEVELS[told] for told in body["playbook"]["tell"]), default=0)
        self.stages = {stage["number"]: Stage() for stage in body["playbook"]["stages"]}

    @property
    def is_running(self) -> bool:
        return self.state in ("open", "handed-over")

    @property
    def nodes(self) -> list[str]:
        """The organisation nodes in whose lists it is: its own and those above."""
        parts = self.path.strip("/").split("/")
        return ["/" + "/".join(parts[: length + 1]) for length in range(len(parts))]


def incident_of(state: dict[str, Any]) -> Incident:
    """The incident that a stored state says."""
    return Incident(
        state=state["state"],
        level=state["level"],
        drill=state["drill"],
        path=state["path"],
        reported_us=moment(state["reported_at"]),
        playbook=state["playbook"],
        broadcast_id=state["broadcast_id"],
        orders={order["order_id"]: _order(order) for order in state["orders"]},
        stages={
            stage["number"]: Stage(_moment(stage["attained_at"]), _moment(stage["missed_at"]))
            for stage in state["stages"]
        },
        rounds={round_["number"]: round_["answered"] for round_ in state["rounds"]},
    )


def _order(stored: dict[str, Any]) -> Order:
    unit = stored["assignee_id"] if stored["assignee_kind"] == "unit" else None
    return Order(stored["order_id"], unit, stored["stage"], stored["status"])


def _moment(text: str | None) -> int | None:
    return None if text is None else moment(text)
