"""Positions travel many to a message, keyed by station."""

from typing import ClassVar

from pydantic import Field

from shared.contracts.base import Body, Id, Message, Path, Time


class Fix(Body):
    """Where one member of a unit was, in WGS-84 degrees."""

    unit_id: Id
    member_id: Id
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    accuracy_m: float = Field(ge=0, le=100_000)
    time: Time


class PositionsReported(Message):
    """A batch of fixes of one station's units."""

    SERVICE: ClassVar[str] = "checkin"

    station_id: Id
    path: Path
    fixes: tuple[Fix, ...] = Field(min_length=1, max_length=1000)
