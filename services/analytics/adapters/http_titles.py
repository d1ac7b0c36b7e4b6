"""What analytics' problems are called, and the one that every route may have."""

from fastapi import Request
from fastapi.responses import JSONResponse

from shared.platform.web.problems import Problem, Titles, problem_response

TITLES: Titles = {
    "window-invalid": ("时间范围有误", "The time range is not valid"),
    "too-many-days": ("天数过多", "Too many days at once"),
    "too-many-records": ("记录过多，请缩短时间范围", "Too many records: choose a shorter time"),
    "unknown-station": ("没有这个单位", "No such station"),
}


async def history_away(request: Request, error: Exception) -> JSONResponse:
    """The history does not answer. Why not is nothing for callers."""
    del error
    return problem_response(request, Problem(503, "unavailable", headers={"Retry-After": "2"}), TITLES)
