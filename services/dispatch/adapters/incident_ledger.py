"""The incident decider, as the ledger takes it."""

from typing import Annotated

from pydantic import Discriminator

from services.dispatch.domain.commands import (
    AcknowledgeOrder,
    AssignUnits,
    CancelIncident,
    ClearIncident,
    Command,
    DeclineOrder,
    EscalateIncident,
    HandOver,
    ReportArrival,
    ReportIncident,
    ReportSighting,
    RequestUnit,
    WithdrawOrder,
)
from services.dispatch.domain.decide import decide
from services.dispatch.domain.events import (
    AssigneeArrived,
    BroadcastOrdered,
    BroadcastRecalled,
    Event,
    HandedOver,
    IncidentCancelled,
    IncidentCleared,
    IncidentEscalated,
    IncidentReported,
    OrderAcknowledged,
    OrderCompleted,
    OrderDeclined,
    OrderIssued,
    OrderUnanswered,
    OrderWithdrawn,
    ReinforcementRequested,
    SightingReported,
    StageAttained,
    StageMissed,
    UnitsConsidered,
)
from services.dispatch.domain.evolve import evolve
from services.dispatch.domain.rules import due, keep_for
from services.dispatch.domain.state import Incident, Unreported
from shared.contracts.topics import DISPATCH_COMMANDS, INCIDENTS
from shared.platform.rules import Deciding, Rules

INCIDENT_RULES: Rules[Incident, Command, Event] = Rules(
    aggregate="incident",
    initial=Unreported(),
    decide=decide,
    evolve=evolve,
    due=due,
    keep_for=keep_for,
    state_type=Annotated[Incident, Discriminator("state")],
    command_types=(
        ReportIncident,
        RequestUnit,
        AssignUnits,
        AcknowledgeOrder,
        DeclineOrder,
        ReportArrival,
        WithdrawOrder,
        ReportSighting,
        HandOver,
        ClearIncident,
        CancelIncident,
        EscalateIncident,
    ),
    event_types=(
        IncidentReported,
        ReinforcementRequested,
        UnitsConsidered,
        OrderIssued,
        OrderAcknowledged,
        OrderDeclined,
        OrderUnanswered,
        AssigneeArrived,
        OrderWithdrawn,
        OrderCompleted,
        StageAttained,
        StageMissed,
        IncidentEscalated,
        SightingReported,
        BroadcastOrdered,
        BroadcastRecalled,
        HandedOver,
        IncidentCleared,
        IncidentCancelled,
    ),
)

DECIDING: Deciding[Incident, Command, Event] = Deciding(
    INCIDENT_RULES, commands=DISPATCH_COMMANDS, events=INCIDENTS, source="/dispatch"
)
