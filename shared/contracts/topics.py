"""Every topic, declared once. `meu topics apply` creates them; workers refuse to start on a mismatch."""

from dataclasses import dataclass
from typing import Literal

from shared.contracts import audit, delivery, duty, hazard, incident, positions, registry
from shared.contracts.base import Message
from shared.contracts.ticks import Tick

PARTITIONS = 12  # fixed up front: an aggregate's events lie in the partition of its commands' number
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
KEPT = -1


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `retention_ms` is `KEPT` for ever; compacted topics keep the last record of each key."""

    name: str
    key: str
    kind: Literal["commands", "events", "states", "dead-letters"]
    writer: str
    readers: tuple[str, ...]
    messages: tuple[type[Message], ...]
    retention_ms: int = KEPT
    compacted: bool = False
    public: bool = False
    partitions: int = PARTITIONS

    @property
    def dlq(self) -> str:
        """The topic of what could not be processed, with reason, source offset and original bytes."""
        return f"{self.name}.dlq"

    def config(self) -> dict[str, str]:
        """The broker's settings that matter. Commands carry the broker's time: it is the decider's `now`."""
        return {
            "cleanup.policy": "compact" if self.compacted else "delete",
            "retention.ms": str(self.retention_ms),
            "message.timestamp.type": "LogAppendTime" if self.kind == "commands" else "CreateTime",
            "max.message.bytes": "1048576",
        }


_DUTY_COMMANDS = (duty.CheckIn, duty.CheckOut, Tick)
_DUTY_EVENTS = (duty.MemberCheckedIn, duty.MemberCheckedOut, duty.UnitDutyChanged)
_HAZARD_COMMANDS = (hazard.ReportHazard, hazard.RectifyHazard, hazard.VerifyHazard, Tick)
_HAZARD_EVENTS = (hazard.HazardReported, hazard.HazardRectified, hazard.HazardVerified)
_INCIDENT_COMMANDS = (
    incident.ReportIncident,
    incident.RequestUnit,
    incident.AssignUnits,
    incident.AcknowledgeOrder,
    incident.DeclineOrder,
    incident.ReportArrival,
    incident.WithdrawOrder,
    incident.ReportSighting,
    incident.HandOver,
    incident.ClearIncident,
    incident.CancelIncident,
    incident.EscalateIncident,
    Tick,
)
_INCIDENT_EVENTS = (
    incident.IncidentReported,
    incident.ReinforcementRequested,
    incident.UnitsConsidered,
    incident.OrderIssued,
    incident.OrderAcknowledged,
    incident.OrderDeclined,
    incident.OrderUnanswered,
    incident.AssigneeArrived,
    incident.OrderWithdrawn,
    incident.OrderCompleted,
    incident.StageAttained,
    incident.StageMissed,
    incident.IncidentEscalated,
    incident.SightingReported,
    incident.BroadcastOrdered,
    incident.BroadcastRecalled,
    incident.HandedOver,
    incident.IncidentCleared,
    incident.IncidentCancelled,
)
_DELIVERY_COMMANDS = (
    delivery.PlanDelivery,
    delivery.EndAttempt,
    delivery.AcknowledgeDelivery,
    delivery.WithdrawDelivery,
    Tick,
)
_DELIVERY_EVENTS = (
    delivery.DeliveryPlanned,
    delivery.AttemptBegun,
    delivery.AttemptEnded,
    delivery.RecipientUnreachable,
    delivery.DeliveryAcknowledged,
    delivery.DeliveryWithdrawn,
    delivery.DeliveryExpired,
)


def _registry(name: str, message: type[Message], readers: tuple[str, ...]) -> Topic:
    return Topic(f"meu.registry.{name}.v1", f"{name}_id", "states", "checkin", readers, (message,), compacted=True)


STATIONS = _registry("station", registry.Station, ("dispatch", "notify", "analytics"))
SITES = _registry("site", registry.Site, ())
UNITS = _registry("unit", registry.Unit, ("dispatch", "notify", "analytics"))
MEMBERS = _registry("member", registry.Member, ("notify",))

CHECKIN_COMMANDS = Topic(
    "meu.checkin.commands.v1", "unit_id", "commands", "checkin", ("checkin",), _DUTY_COMMANDS, 7 * DAY_MS
)
DUTY = Topic("meu.checkin.duty.v1", "unit_id", "events", "checkin", ("dispatch", "notify", "analytics"), _DUTY_EVENTS)
# Apart from duty's: a decider reads one topic and writes one, and a check-in waits for nobody's report.
HAZARD_COMMANDS = Topic(
    "meu.checkin.hazard.commands.v1", "hazard_id", "commands", "checkin", ("checkin",), _HAZARD_COMMANDS, 7 * DAY_MS
)
HAZARDS = Topic("meu.checkin.hazard.v1", "hazard_id", "events", "checkin", ("checkin",), _HAZARD_EVENTS)
POSITIONS = Topic(
    "meu.checkin.positions.v1",
    "station_id",
    "events",
    "checkin",
    ("dispatch",),
    (positions.PositionsReported,),
    DAY_MS,
)
DISPATCH_COMMANDS = Topic(
    "meu.dispatch.commands.v1",
    "incident_id",
    "commands",
    "dispatch",
    ("dispatch",),
    _INCIDENT_COMMANDS,
    7 * DAY_MS,
)
INCIDENTS = Topic(
    "meu.dispatch.incident.v1",
    "incident_id",
    "events",
    "dispatch",
    ("dispatch", "notify", "analytics"),
    _INCIDENT_EVENTS,
)


def _lane(name: str) -> Topic:
    return Topic(
        f"meu.notify.{name}.v1",
        "delivery_id",
        "commands",
        "notify",
        ("notify",),
        _DELIVERY_COMMANDS,
        7 * DAY_MS,
    )


NOTIFY_EMERGENCY, NOTIFY_NORMAL, NOTIFY_BULK = _lane("emergency"), _lane("normal"), _lane("bulk")


# All three lanes write here; each record's `ce_origin` says which lane decided it.
DELIVERIES = Topic(
    "meu.notify.delivery.v1",
    "delivery_id",
    "events",
    "notify",
    ("notify", "analytics"),
    _DELIVERY_EVENTS,
    90 * DAY_MS,
)

# Each process of a service writes its own hash chain; records of one actor are in order.
AUDIT = Topic("meu.audit.v1", "actor_id", "events", "platform", ("analytics",), (audit.ActionRecorded,))

TOPICS: tuple[Topic, ...] = (
    STATIONS,
    SITES,
    UNITS,
    MEMBERS,
    CHECKIN_COMMANDS,
    DUTY,
    HAZARD_COMMANDS,
    HAZARDS,
    POSITIONS,
    DISPATCH_COMMANDS,
    INCIDENTS,
    NOTIFY_EMERGENCY,
    NOTIFY_NORMAL,
    NOTIFY_BULK,
    DELIVERIES,
    AUDIT,
)


def topic_named(name: str) -> Topic:
    """The declared topic of this name; KeyError when there is none."""
    return _BY_NAME[name]


_BY_NAME = {topic.name: topic for topic in TOPICS}
