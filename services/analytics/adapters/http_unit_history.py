"""A unit's history over HTTP."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.analytics.adapters.http_answers import WindowAnswer
from services.analytics.adapters.http_window import Moment, moment_of, window_of
from services.analytics.application.unit_history import ReadUnitHistory, UnknownUnit, WindowTooLong
from services.analytics.domain.unit_history import DutyEntry, EndedHow, Entry, Position
from services.analytics.domain.window import Window
from shared.contracts.base import Id
from shared.platform.web.document import PAGED
from shared.platform.web.paging import link_next, match_cursor
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal, principal_with
from shared.ports import Clock
from shared.vocabulary.terms import DutyState, IncidentClass, Role, Severity

WINDOW = timedelta(days=30)
"""So long a closed incident can be opened at dispatch."""

_POSITION = re.compile(r"([0-9]{1,16}):((?:duty|order)-[A-Za-z0-9._:-]{1,80})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Reader = Annotated[Principal, Depends(principal_with(Role.OPERATOR, Role.OFFICER))]


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class DutyEntryAnswer(_Answer):
    """The unit's duty changed."""

    kind: Literal["duty"] = "duty"
    at: AwareDatetime
    sequence: int = Field(description="Of the event that says what the duty came to.")
    came: int = Field(description="People who came on duty.")
    left: int = Field(description="People who went off duty.")
    lapsed: int = Field(description="People whose lease had run out.")
    before: DutyState | None = Field(description="Null: nobody had ever been on duty.")
    state: DutyState
    on_duty: int = Field(description="People on duty from then on.")
    quorum: int


class OrderEntryAnswer(_Answer):
    """An order to the unit, and how far it came."""

    kind: Literal["order"] = "order"
    at: AwareDatetime = Field(description="When it was issued.")
    order_id: str
    incident_id: str
    incident_class: IncidentClass = Field(serialization_alias="class")
    severity: Severity
    drill: bool
    acknowledged_at: AwareDatetime | None
    arrived_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    ended: EndedHow | None = Field(description="Null while it is open.")
    reason: str | None


class UnitHistoryAnswer(_Answer):
    """Newest first."""

    window: WindowAnswer
    items: list[Annotated[DutyEntryAnswer | OrderEntryAnswer, Field(discriminator="kind")]]


def unit_history_router(read: ReadUnitHistory, zone: tzinfo, clock: Clock) -> APIRouter:
    """`GET /analytics/v1/units/{unit_id}/history`."""
    router = APIRouter()

    @router.get("/analytics/v1/units/{unit_id}/history", responses=PAGED)
    async def unit_history(
        request: Request,
        response: Response,
        reader: Reader,
        unit_id: Id,
        start: Annotated[
            Moment | None,
            Query(alias="from", description="RFC 3339, or a date: its midnight in the city. By default 30 days back."),
        ] = None,
        end: Annotated[Moment | None, Query(alias="to", description="Not included any more. By default now.")] = None,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> UnitHistoryAnswer:
        """How the unit's duty changed, and its orders by when they were issued; newest first. Follows within seconds.

        Of a unit in the caller's subtree now, also from the time when it belonged to another station, and orders to
        other stations' incidents; at most 400 days at once.
        """
        window = _window(start, end, zone, clock.now())
        try:
            page = await read(subtree=reader.path, unit_id=unit_id, window=window, after=_position(cursor), limit=limit)
        except UnknownUnit as error:
            raise Problem(404, "not-found") from error
        except WindowTooLong as error:
            raise Problem(422, "too-many-days", str(error), field="from") from error
        link_next(request, response, None if page.after is None else _written(page.after))
        response.headers["Cache-Control"] = "no-store"
        items = [_answer(entry) for entry in page.entries]
        return UnitHistoryAnswer(window=WindowAnswer.model_validate(window), items=items)

    del unit_history  # registered
    return router


def _answer(entry: Entry) -> DutyEntryAnswer | OrderEntryAnswer:
    model = DutyEntryAnswer if isinstance(entry, DutyEntry) else OrderEntryAnswer
    return model.model_validate(entry)


def _window(start: Moment | None, end: Moment | None, zone: tzinfo, now: datetime) -> Window:
    until = now if end is None else moment_of(end, zone, "to")
    return window_of(until - WINDOW if start is None else start, until, zone)


def _written(position: Position) -> str:
    return f"{(position.at - _EPOCH) // _MICROSECOND}:{position.key}"


def _position(cursor: str | None) -> Position | None:
    found = match_cursor(cursor, _POSITION)
    return None if found is None else Position(_EPOCH + int(found[1]) * _MICROSECOND, found[2])
