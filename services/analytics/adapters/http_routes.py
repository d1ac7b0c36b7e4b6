"""Analytics over HTTP."""

from datetime import datetime, tzinfo
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from services.analytics.adapters.http_answers import ReportAnswer, answer
from services.analytics.adapters.http_files import CSV, file_answer
from services.analytics.adapters.http_window import Moment, window_of
from services.analytics.adapters.report_tables import report_table
from services.analytics.adapters.xlsx_answers import XLSX, xlsx_answer
from services.analytics.application.ports import By
from services.analytics.application.report_figures import Report, ReportFigures, TooManyDays, UnknownStation
from services.analytics.domain.spreadsheet import spreadsheet
from services.analytics.domain.window import Window
from shared.contracts.base import Id
from shared.platform.web.audited import audited
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal, principal_with
from shared.ports import Clock
from shared.vocabulary.terms import Role

Form = Literal["json", "csv", "xlsx"]
_FILES: dict[str, Any] = {
    CSV: {"schema": {"type": "string"}},
    XLSX: {"schema": {"type": "string", "format": "binary"}},
}

Reader = Annotated[Principal, Depends(principal_with(Role.OPERATOR, Role.OFFICER))]


def figures_router(report: ReportFigures, zone: tzinfo, clock: Clock) -> APIRouter:
    """`GET /analytics/v1/figures`."""
    router = APIRouter()

    @router.get(
        "/analytics/v1/figures",
        response_model=ReportAnswer,
        responses={200: {"content": _FILES, "description": "The figures"}},
    )
    async def figures(
        request: Request,
        reader: Reader,
        start: Annotated[Moment, Query(alias="from", description="RFC 3339, or a date: its midnight in the city.")],
        end: Annotated[Moment, Query(alias="to", description="Not included any more.")],
        station: Annotated[
            Id | None, Query(description="Its whole subtree; without it, all the caller may see.")
        ] = None,
        by: By = "none",
        drill: Annotated[bool, Query(description="Exercises instead of real incidents; never both.")] = False,
        format_: Annotated[Form | None, Query(alias="format", description="Wins over Accept.")] = None,
    ) -> Response:
        """On-duty coverage, response times, 1-3-5 attainment, incident counts and reach of messages."""
        window = window_of(start, end, zone)
        found = await _report(report, reader, station, window, by, drill, clock.now())
        form = format_ or _accepted(request)
        if form == "json":
            return Response(answer(found).model_dump_json(by_alias=True), media_type="application/json")
        await audited(request, "figures-exported", station or reader.path)
        return await _file(found, request, form)

    del figures  # registered
    return router


async def _report(
    report: ReportFigures,
    reader: Principal,
    station_id: str | None,
    window: Window,
    by: By,
    drill: bool,
    now: datetime,
) -> Report:
    try:
        return await report(subtree=reader.path, station_id=station_id, window=window, by=by, drill=drill, now=now)
    except UnknownStation as error:
        raise Problem(404, "unknown-station", field="station") from error
    except TooManyDays as error:
        raise Problem(422, "too-many-days", str(error), field="to") from error


def _accepted(request: Request) -> Form:
    accept = request.headers.get("accept", "")
    if XLSX in accept:
        return "xlsx"
    return "csv" if CSV in accept else "json"


async def _file(report: Report, request: Request, form: Form) -> Response:
    def content(in_chinese: bool) -> str | bytes:
        table = report_table(report, in_chinese=in_chinese)
        return xlsx_answer(table) if form == "xlsx" else spreadsheet(table.header, table.lines)

    media_type = XLSX if form == "xlsx" else f"{CSV}; charset=utf-8"
    return await file_answer(request, f"figures.{form}", media_type, content)
