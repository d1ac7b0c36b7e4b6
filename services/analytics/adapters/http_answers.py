"""Reports as JSON: the domain's figures, read by name, with what clients should know about them."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.analytics.application.report_figures import Report


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class CoverageAnswer(_Answer):
    """On-duty coverage of the registered units."""

    on_duty_s: float = Field(description="Unit-seconds on duty with the quorum met.")
    registered_s: float = Field(description="Unit-seconds registered and not suspended.")
    share: float | None


class SpreadAnswer(_Answer):
    """Percentiles in seconds; null when nothing was measured."""

    p50_s: float | None
    p90_s: float | None
    p99_s: float | None


class ResponsesAnswer(_Answer):
    """How many, what became of them, and how long it took where it came about."""

    total: int
    done: int
    never: int = Field(description="Declined, unanswered, or over before anybody came: not in the spread.")
    stood_down: int = Field(description="Not needed any more.")
    open: int = Field(description="May still come.")
    spread: SpreadAnswer


class AttainmentAnswer(_Answer):
    """A stage of 1-3-5."""

    stage: int
    due: int = Field(description="Incidents in which it was attained or its deadline passed.")
    in_time: int
    late: int
    missed: int
    share: float | None = Field(description="Attained in time, of those due.")


class ReachAnswer(_Answer):
    """Messages to people; each person once a message."""

    recipients: int
    reached: int
    acknowledged: int
    failed: int = Field(description="Every channel failed, or it came too late.")
    share: float | None = Field(description="Reached, of the recipients.")


class FiguresAnswer(_Answer):
    """Incidents count where and when they were reported, with all that followed; messages when they were planned."""

    incidents: dict[str, int] = Field(description="Reported, by class.")
    cancelled: int = Field(description="Of these, those that were none.")
    acknowledged: ResponsesAnswer = Field(description="Orders: from the order to its acknowledgement.")
    arrived: ResponsesAnswer = Field(description="Orders: from the order to the arrival.")
    first_arrived: ResponsesAnswer = Field(description="Incidents: from the report to the first arrival of anybody.")
    stages: list[AttainmentAnswer]
    reach: ReachAnswer
    coverage: CoverageAnswer | None = Field(description="Null for drills and by class.")


class RowAnswer(_Answer):
    """Figures of one key."""

    key: str = Field(description="A date, an incident class or a station's id; empty when by none.")
    name: str = Field(description="What people call the station; empty otherwise.")
    figures: FiguresAnswer


class StationAnswer(_Answer):
    """The station asked for."""

    station_id: str
    name: str
    path: str


class WindowAnswer(_Answer):
    """From, until just before."""

    start: AwareDatetime = Field(serialization_alias="from")
    end: AwareDatetime = Field(serialization_alias="to")


class ReportAnswer(_Answer):
    """What was asked, and the figures."""

    station: StationAnswer | None = Field(description="Null: all that the caller may see.")
    window: WindowAnswer
    by: Literal["none", "day", "class", "station"]
    drill: bool
    as_of: AwareDatetime = Field(description="Nothing after it is counted.")
    rows: list[RowAnswer]


def answer(report: Report) -> ReportAnswer:
    """The JSON form of a report."""
    return ReportAnswer.model_validate(report)
