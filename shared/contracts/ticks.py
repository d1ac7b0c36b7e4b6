"""Time is a record."""

from typing import ClassVar, Literal

from shared.contracts.base import Id, Message


class Tick(Message):
    """Written to every partition of a command topic twice a second; its record's timestamp is the time."""

    SERVICE: ClassVar[str] = "platform"
    KIND: ClassVar[Literal["command", "event", "state"]] = "command"

    worker_id: Id
