"""What became of a command, as the worker tells the waiting API and keeps it for a day."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Outcome(BaseModel):
    """`state` is the aggregate's JSON after an accepted command; `code` and `detail` say why one was refused."""

    model_config = ConfigDict(frozen=True)

    command_id: str
    aggregate_id: str
    status: Literal["accepted", "refused", "pending"]
    sequence: int = 0
    state: str | None = None
    code: str | None = None
    detail: str | None = None
