"""The audit over HTTP, for auditors."""

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.analytics.adapters.audit_table import AUDIT_HEADER, audit_line
from services.analytics.adapters.http_files import CSV, file_answer
from services.analytics.adapters.http_window import Moment, window_of
from services.analytics.application.audit_trail import AuditTrail, Position, Wanted, position_of
from services.analytics.domain.spreadsheet import spreadsheet
from services.analytics.domain.window import DAYS_MAX, Window
from shared.contracts.audit import ActionRecorded
from shared.contracts.base import Code, Id
from shared.platform.web.audited import audited
from shared.platform.web.document import PAGED
from shared.platform.web.paging import link_next, match_cursor
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal, principal_with
from shared.vocabulary.terms import Role

EXPORT_MAX = 50_000
"""Records in a file: a busy day of a city, and what one process may hold at once."""
_POSITION = re.compile(r"([0-9T:.+-]{19,40}) ([A-Za-z0-9._:-]{1,80}) ([0-9]{1,18})", re.ASCII)
_ANSWERS: Any = {200: {**PAGED[200], "content": {CSV: {"schema": {"type": "string"}}}}}

Auditor = Annotated[Principal, Depends(principal_with(Role.AUDITOR))]


class ActionAnswer(BaseModel):
    """Somebody did or saw something, or was refused."""

    model_config = ConfigDict(from_attributes=True)

    at: AwareDatetime
    actor_id: str = Field(description="An account; `nobody` where no account is known.")
    role: str | None = Field(description="In which the actor did it; null while logging in in vain, and logging out.")
    path: str | None = Field(description="Where the actor's right lies.")
    action: str
    about: str = Field(description="The id of what it was done to.")
    refused: str | None = Field(description="The code of why it was not done.")
    address: str | None = Field(description="Where the request came from.")
    chain_id: str
    number: int = Field(description="Counts the chain's records from 1.")
    hash: str = Field(description="To be compared with what `meu audit verify` prints.")


class AuditPage(BaseModel):
    """Newest first."""

    items: list[ActionAnswer]


def audit_router(trail: AuditTrail, zone: tzinfo) -> APIRouter:
    """`GET /analytics/v1/audit`."""
    router = APIRouter()

    @router.get("/analytics/v1/audit", response_model=AuditPage, responses=_ANSWERS)
    async def read_audit(
        request: Request,
        response: Response,
        auditor: Auditor,
        start: Annotated[Moment, Query(alias="from", description="RFC 3339, or a date: its midnight in the city.")],
        end: Annotated[Moment, Query(alias="to", description="Not included any more.")],
        actor: Annotated[Id | None, Query(description="Only what this account did.")] = None,
        action: Annotated[Code | None, Query(description="Only this kind.")] = None,
        refused: Annotated[bool, Query(description="Only what was not done.")] = False,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 100,
        format_: Annotated[
            Literal["json", "csv"] | None,
            Query(alias="format", description="Wins over Accept. A file has no pages: it holds all, or is refused."),
        ] = None,
    ) -> AuditPage | Response:
        """Who did, saw or was refused what, newest first: of people whose right lies in the auditor's subtree.

        What belongs to no part of the tree (a log-in of nobody known, a log-out, the first start) is shown to the
        auditors of the root. Reading is itself on record, once a request. It is the history's copy, a moment behind
        the log; whether the log is as it was written, `meu audit verify` finds out.
        """
        window = _bounded(window_of(start, end, zone))
        wanted = Wanted(auditor.path, window, actor, action, refused)
        if (format_ or ("csv" if CSV in request.headers.get("accept", "") else "json")) == "csv":
            records = await _whole(trail, wanted)
            await audited(request, "audit-exported", actor or auditor.path)
            return await _file(records, request, zone)
        records = await trail.actions(wanted, _position(cursor, window), limit + 1)
        await audited(request, "audit-seen", actor or auditor.path)
        link_next(request, response, _cursor(records[limit - 1]) if len(records) > limit else None)
        response.headers["Cache-Control"] = "no-store"
        return AuditPage(items=[ActionAnswer.model_validate(record) for record in records[:limit]])

    del read_audit  # registered
    return router


async def _whole(trail: AuditTrail, wanted: Wanted) -> Sequence[ActionRecorded]:
    """All that is wanted. They are counted first: what will be refused should not be read."""
    if await trail.count(wanted, EXPORT_MAX + 1) <= EXPORT_MAX:
        records = await trail.actions(wanted, None, EXPORT_MAX + 1)
        if len(records) <= EXPORT_MAX:  # none too many came in between
            return records
    raise Problem(422, "too-many-records", f"more than {EXPORT_MAX}", field="to")


def _bounded(window: Window) -> Window:
    if window.is_too_long:
        raise Problem(422, "too-many-days", f"more than {DAYS_MAX} days asked for", field="to")
    return window


def _cursor(record: ActionRecorded) -> str:
    position = position_of(record)
    return f"{position.at.isoformat()} {position.chain_id} {position.number}"


def _position(cursor: str | None, window: Window) -> Position | None:
    """Where the page before ended. A place outside of the window is none of ours."""
    parts = match_cursor(cursor, _POSITION)
    if parts is None:
        return None
    try:
        at = datetime.fromisoformat(parts[1])
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at not in window:
        raise Problem(422, "cursor-invalid", field="cursor")
    return Position(at, parts[2], int(parts[3]))


async def _file(records: Sequence[ActionRecorded], request: Request, zone: tzinfo) -> Response:
    def content(in_chinese: bool) -> str:
        header = [chinese if in_chinese else english for chinese, english in AUDIT_HEADER]
        return spreadsheet(header, (audit_line(record, zone) for record in records))

    answer = await file_answer(request, "audit.csv", f"{CSV}; charset=utf-8", content)
    answer.headers["Cache-Control"] = "no-store"
    return answer
