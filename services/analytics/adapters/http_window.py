"""Stretches of time as callers write them: moments, or dates, which are their midnights in the city."""

from datetime import date, datetime, time, tzinfo

from pydantic import AwareDatetime

from services.analytics.domain.window import Window
from shared.platform.web.problems import Problem

Moment = AwareDatetime | date

YEARS = range(1970, 2200)
"""A history knows none before, and no time zone moves one of them out of what a database can hold."""


def window_of(start: Moment, end: Moment, zone: tzinfo) -> Window:
    """Raises Problem 422 `window-invalid`."""
    try:
        return Window(moment_of(start, zone, "from"), moment_of(end, zone, "to"))
    except ValueError as error:
        raise Problem(422, "window-invalid", str(error), field="to") from error


def moment_of(given: Moment, zone: tzinfo, field: str) -> datetime:
    """Raises Problem 422 `window-invalid`, which names the field."""
    if given.year not in YEARS:
        raise Problem(422, "window-invalid", f"a year from {YEARS[0]} to {YEARS[-1]}", field=field)
    return given if isinstance(given, datetime) else datetime.combine(given, time(), zone)
