"""The hazards' decider as the platform's ledger takes it."""

from datetime import timedelta

from pydantic import TypeAdapter

from services.checkin.domain.hazard_messages import (
    HazardEvent,
    HazardRectified,
    HazardReported,
    HazardVerified,
    RectifyHazard,
    ReportHazard,
    VerifyHazard,
)
from services.checkin.domain.hazards import Hazard, Unknown, Verified, decide, evolve
from shared.contracts.topics import HAZARD_COMMANDS, HAZARDS
from shared.platform.rules import Deciding, Rules

HAZARD_LEDGER = "checkin-hazards"
HAZARD_SOURCE = "/checkin/hazards"
KEPT_WHEN_VERIFIED = timedelta(days=30)

_Commands = ReportHazard | RectifyHazard | VerifyHazard

HAZARD_RULES: Rules[Hazard, _Commands, HazardEvent] = Rules(
    aggregate="hazard",
    initial=Unknown(),
    decide=decide,
    evolve=evolve,
    due=lambda _: None,
    keep_for=lambda hazard: KEPT_WHEN_VERIFIED if isinstance(hazard, Verified) else None,
    state_type=Hazard,
    command_types=(ReportHazard, RectifyHazard, VerifyHazard),
    event_types=(HazardReported, HazardRectified, HazardVerified),
)

HAZARD_DECIDING: Deciding[Hazard, _Commands, HazardEvent] = Deciding(
    HAZARD_RULES, HAZARD_COMMANDS, HAZARDS, HAZARD_SOURCE
)

hazard_codec: TypeAdapter[Hazard] = TypeAdapter(Hazard)
"""A hazard as the ledger stores it, and as an outcome carries it."""
