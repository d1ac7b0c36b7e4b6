"""Who did or saw what.

Each process that writes keeps a chain of its own: every record names the hash of the one before.
"""

import hashlib
from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.base import Code, Id, Message, Path, Time

BEGINNING = "0" * 64
"""What the first record of a chain names as the one before."""


class ActionRecorded(Message):
    """Somebody did or saw something, or was refused. Holds no personal data but ids and the address of the request."""

    SERVICE: ClassVar[str] = "audit"
    KIND: ClassVar[Literal["command", "event", "state"]] = "event"

    actor_id: Id
    role: Code | None = Field(default=None, description="In which the actor did it; none while logging in.")
    path: Path | None = None
    action: Code
    about: str = Field(default="", max_length=200, description="The id of what it was done to.")
    refused: Code | None = Field(default=None, description="Why it was not done.")
    address: str | None = Field(default=None, max_length=64, description="Where the request came from.")
    at: Time
    chain_id: Id
    number: int = Field(ge=1, description="Counts the chain's records from 1.")
    previous: str = Field(pattern=r"^[0-9a-f]{64}$", description="The hash of the chain's record before this one.")
    hash: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of this record's JSON without this field.")


def hash_of(record: ActionRecorded) -> str:
    """SHA-256 (hex) of the record's canonical JSON (as pydantic writes it, fields in their order) without `hash`."""
    return hashlib.sha256(record.model_dump_json(exclude={"hash"}).encode()).hexdigest()


def chained(record: ActionRecorded) -> ActionRecorded:
    """The same record with its hash."""
    return record.model_copy(update={"hash": hash_of(record)})
