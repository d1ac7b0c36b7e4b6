"""A delivery after its events, recipient by recipient."""

from dataclasses import dataclass, field
from typing import Any

from tests.chaos.checker.log import Record

TRIES_A_CHANNEL = 3
EMERGENCY = "emergency"
SETTLED = ("reached", "unknown", "unreached")


@dataclass(slots=True)
class Recipient:
    """Where one person stands. `channels`: those left, the present one first; `maybe`: some attempt ended unknown."""

    channels: list[str]
    standing: str = "waiting"
    tries: int = 0
    maybe: bool = False
    is_acknowledged: bool = False

    def ended(self, outcome: str, lane: str) -> None:
        """An attempt came to its end. An emergency is sent again after `unknown`, anything else is not."""
        if self.is_acknowledged or outcome == "accepted":
            self.standing = "reached"
            return
        self.maybe = self.maybe or outcome == "unknown"
        if outcome == "unknown" and lane != EMERGENCY:
            self.standing = "unknown"
        elif self.tries < TRIES_A_CHANNEL:
            self.standing = "waiting"
        elif len(self.channels) > 1:
            self.channels, self.tries, self.standing = self.channels[1:], 0, "waiting"
        else:
            self.standing = "unknown" if self.maybe else "exhausted"


@dataclass(slots=True)
class Delivery:
    """`why`: how it was closed, None while it is open; `calls`: attempts without an outcome, with their channel."""

    lane: str = ""
    is_planned: bool = False
    why: str | None = None
    recipients: dict[str, Recipient] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)

    def apply(self, event: Record) -> None:
        """One more event."""
        body = event.body
        match event.kind:
            case "delivery-planned":
                self._plan(body)
            case "attempt-begun":
                self._begin(body)
            case "attempt-ended":
                self._end(body)
            case "recipient-unreachable":
                self.recipients[body["member_id"]].standing = "unreached"
            case "delivery-acknowledged":
                self._acknowledge(body["member_id"])
            case "delivery-withdrawn":
                self.why = "withdrawn"
            case "delivery-expired":
                self.why = "expired"
            case _:
                raise ValueError(f"{event.kind} is no event of a delivery")
        if self.why is None and not self.calls and all(r.standing in SETTLED for r in self.recipients.values()):
            self.why = "settled"

    def _plan(self, body: dict[str, Any]) -> None:
        self.is_planned, self.lane = True, body["lane"]
        for recipient in body["recipients"]:
            kinds = list(dict.fromkeys(channel["kind"] for channel in recipient["channels"]))
            self.recipients[recipient["member_id"]] = Recipient(kinds, "waiting" if kinds else "exhausted")

    def _begin(self, body: dict[str, Any]) -> None:
        self.calls[body["attempt_id"]] = body["channel"]
        for member_id in body["recipient_ids"]:
            recipient = self.recipients[member_id]
            recipient.standing = "calling"
            recipient.tries += 1

    def _end(self, body: dict[str, Any]) -> None:
        self.calls.pop(body["attempt_id"], None)
        if self.why is None:
            for result in body["results"]:
                self.recipients[result["member_id"]].ended(result["outcome"], self.lane)

    def _acknowledge(self, member_id: str) -> None:
        recipient = self.recipients[member_id]
        recipient.is_acknowledged = True
        if self.why is None and recipient.standing != "calling":
            recipient.standing = "reached"

    @property
    def read_ids(self) -> set[str]:
        return {member_id for member_id, recipient in self.recipients.items() if recipient.is_acknowledged}
