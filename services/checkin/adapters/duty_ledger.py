"""The duty decider as the platform's ledger takes it."""

from pydantic import TypeAdapter

from services.checkin.domain.commands import CheckIn, CheckOut
from services.checkin.domain.decide import decide
from services.checkin.domain.events import DutyEvent, MemberCheckedIn, MemberCheckedOut, UnitDutyChanged
from services.checkin.domain.evolve import evolve
from services.checkin.domain.state import Duty, Unseen, next_lapse
from shared.contracts.topics import CHECKIN_COMMANDS, DUTY
from shared.platform.rules import Deciding, Rules

SOURCE = "/checkin"

DUTY_RULES: Rules[Duty, CheckIn | CheckOut, DutyEvent] = Rules(
    aggregate="duty",
    initial=Unseen(),
    decide=decide,
    evolve=evolve,
    due=next_lapse,
    keep_for=lambda _: None,  # a unit's duty is never over
    state_type=Duty,
    command_types=(CheckIn, CheckOut),
    event_types=(MemberCheckedIn, MemberCheckedOut, UnitDutyChanged),
)

DECIDING: Deciding[Duty, CheckIn | CheckOut, DutyEvent] = Deciding(DUTY_RULES, CHECKIN_COMMANDS, DUTY, SOURCE)

duty_codec: TypeAdapter[Duty] = TypeAdapter(Duty)
"""A duty state as the ledger stores it and as an outcome carries it."""
