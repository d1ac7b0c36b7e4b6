"""A unit's duty after its events."""

from dataclasses import dataclass, field
from typing import Any

from tests.chaos.checker.log import Record
from tests.chaos.checker.times import moment


@dataclass(slots=True)
class Duty:
    """Leases by member, until when; the code steps used, by (member, post)."""

    is_seen: bool = False
    quorum: int = 1
    leases: dict[str, int] = field(default_factory=dict)
    used_steps: dict[tuple[str, str], int] = field(default_factory=dict)

    def apply(self, event: Record) -> None:
        """One more event."""
        body = event.body
        match event.kind:
            case "member-checked-in":
                self._enter(body)
            case "member-checked-out":
                self.leases.pop(body["member_id"], None)
            case "unit-duty-changed":
                self.quorum = body["quorum"]
            case _:
                raise ValueError(f"{event.kind} is no event of a unit's duty")

    def _enter(self, body: dict[str, Any]) -> None:
        self.is_seen = True
        self.leases[body["member_id"]] = moment(body["until"])
        if body["code_step"] is not None:
            self.used_steps[body["member_id"], body["post_id"]] = body["code_step"]

    @property
    def kind(self) -> str:
        if not self.is_seen:
            return "unseen"
        return "manned" if self.leases else "unmanned"


def duty_of(state: dict[str, Any]) -> Duty:
    """The duty that a stored state says."""
    if state["kind"] == "unseen":
        return Duty()
    return Duty(
        is_seen=True,
        quorum=state["facts"]["quorum"],
        leases={lease["member_id"]: moment(lease["until"]) for lease in state.get("leases", ())},
        used_steps={(used["member_id"], used["post_id"]): used["step"] for used in state["used_steps"]},
    )
