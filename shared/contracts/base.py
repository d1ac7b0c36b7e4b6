"""What every message body shares."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._:-]+$")]
"""An opaque id."""
Path = Annotated[str, StringConstraints(pattern=r"^(/[0-9]{4,12}){1,4}$")]
"""A node of the organisation tree: city/district/station codes, e.g. `/440100/440106/440106007`."""
Time = AwareDatetime
"""RFC 3339, with an offset."""
Text = Annotated[str, StringConstraints(max_length=2000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""A stable kebab-case code."""

Personal = Annotated[str, StringConstraints(max_length=4000), Field(json_schema_extra={"x-personal": True})]
"""A person's own text or data. Marked, so that sealing it per subject is one change in one place."""


class Body(BaseModel):
    """A part of a message. Unknown fields are ignored: a newer writer may add optional ones."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="null", regex_engine="rust-regex")


class Place(Body):
    """A place in WGS-84 degrees."""

    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)


class Message(Body):
    """A whole record body: a command, an event or a state."""

    SERVICE: ClassVar[str] = ""
    KIND: ClassVar[Literal["command", "event", "state"]] = "event"
    VERSION: ClassVar[int] = 1

    @classmethod
    def ce_type(cls) -> str:
        """The CloudEvents type, e.g. `meu.dispatch.order-acknowledged.v1`."""
        kebab = re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()
        return f"meu.{cls.SERVICE}.{kebab}.v{cls.VERSION}"
