"""What people see: a member's inbox, and for officers what became of each delivery."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.delivery import DeliveryPlanned
from shared.vocabulary.terms import ChannelKind, Lane

RecipientState = Literal["queued", "attempting", "accepted", "failed", "unknown", "unreachable", "withdrawn", "expired"]


class View(BaseModel):
    """Something that is shown."""

    model_config = ConfigDict(frozen=True)


class InboxItem(View):
    """A message to one member."""

    id: str = Field(description="The delivery's.")
    incident_id: str | None
    order_id: str | None
    purpose: str
    drill: bool
    number: str
    text: str
    photo_url: str | None
    actions: tuple[str, ...]
    at: datetime
    expires_at: datetime
    acknowledged_at: datetime | None
    withdrawn: str | None = Field(description="Why it no longer matters, e.g. `answered`; null while it does.")


class RecipientView(View):
    """What became of a delivery for one person. `latency_ms` is that of the last attempt that was answered."""

    member_id: str
    state: RecipientState
    channel: ChannelKind | None
    latency_ms: float | None
    detail: str
    acknowledged_at: datetime | None
    gap: str | None = Field(description="Why this person could not be reached; null: no gap is known.")


class DeliveryView(View):
    """A delivery without its text and its recipients' addresses."""

    id: str
    incident_id: str | None
    order_id: str | None
    station_id: str
    path: str
    lane: Lane
    purpose: str
    drill: bool
    number: str
    at: datetime
    expires_at: datetime
    withdrawn: str | None
    expired: bool
    recipients: tuple[RecipientView, ...]
    gaps: int = Field(description="How many recipients were not reached, or could not be.")


class Inbox(Protocol):
    """Members' inboxes, newest first."""

    async def page(self, member_id: str, after: str | None, limit: int) -> tuple[Sequence[InboxItem], str | None]:
        """Up to `limit` items after the item with the id `after`, and the last one's id when there are more."""
        ...

    async def find(self, member_id: str, delivery_id: str) -> DeliveryPlanned | None:
        """The plan of a delivery to this member; None when there is none, or it is for others."""
        ...

    async def knows(self, delivery_id: str) -> bool:
        """Whether there is such a delivery, to whomever."""
        ...


class Deliveries(Protocol):
    """What became of deliveries."""

    async def of_incident(
        self, incident_id: str, subtree: str, after: str | None, limit: int
    ) -> tuple[Sequence[DeliveryView], str | None]:
        """Up to `limit` deliveries to stations of `subtree`, oldest first, after the one with the id `after`; and the
        last one's id when there are more of them.
        """
        ...
