"""A decider as small as can be: it lists who checked out of a unit, twice for one member, and once more by time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from shared.contracts.topics import CHECKIN_COMMANDS, DUTY
from shared.platform.rules import Deciding, Rules
from shared.vocabulary.decisions import Accepted, Refused, TimePassed

REFUSED_MEMBER = "refused"
FAULTY_MEMBER = "faulty"
TWICE_MEMBER = "twice"
DEADLINE = timedelta(seconds=1)


@dataclass(frozen=True)
class CheckOut:
    unit_id: str
    member_id: str


@dataclass(frozen=True)
class MemberCheckedOut:
    unit_id: str
    member_id: str
    at: datetime
    reason: str
    station_id: str = "s"
    path: str = "/440100"
    site_class: str = "A"


@dataclass(frozen=True)
class Tally:
    kind: Literal["tally"] = "tally"
    members: tuple[str, ...] = ()
    due: datetime | None = None


def decide(state: Tally, command: CheckOut | TimePassed, now: datetime) -> Accepted[MemberCheckedOut] | Refused:
    if isinstance(command, TimePassed):
        if state.due is None or state.due > now:
            return Accepted(())
        return Accepted((MemberCheckedOut("by-time", "clock", now, "lease-expired"),))
    if command.member_id == REFUSED_MEMBER:
        return Refused("not-on-duty", "as asked")
    if command.member_id == FAULTY_MEMBER:
        raise ArithmeticError("as asked")
    event = MemberCheckedOut(command.unit_id, command.member_id, now, "left")
    return Accepted((event, event) if command.member_id == TWICE_MEMBER else (event,))


def evolve(state: Tally, event: MemberCheckedOut) -> Tally:
    due = event.at + DEADLINE if not state.members else state.due
    return replace(state, members=(*state.members, event.member_id), due=None if event.member_id == "clock" else due)


RULES: Rules[Tally, CheckOut, MemberCheckedOut] = Rules(
    aggregate="tally",
    initial=Tally(),
    decide=decide,
    evolve=evolve,
    due=lambda state: state.due,
    keep_for=lambda state: None,
    state_type=Tally,
    command_types=(CheckOut,),
    event_types=(MemberCheckedOut,),
)

DECIDING: Deciding[Tally, CheckOut, MemberCheckedOut] = Deciding(RULES, CHECKIN_COMMANDS, DUTY, "/tally")
