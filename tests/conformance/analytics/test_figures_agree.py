"""The SQL's figures are those that a plain loop over the same events counts."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, event, given, settings

from services.analytics.application.ports import History
from services.analytics.domain.figures import Coverage, Figures
from tests.conformance.analytics.conftest import ZONE
from tests.conformance.analytics.courses import Course, courses
from tests.conformance.analytics.happenings import keep
from tests.conformance.analytics.plain_history import PlainHistory

_cities = count(100_000)


@pytest.mark.timeout(300)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(course=courses(lambda: str(next(_cities))))
def test_every_figure_agrees_with_a_plain_count(embedded: History, course: Course) -> None:
    asyncio.run(_compare(embedded, course))


async def _compare(embedded: History, course: Course) -> None:
    plain = PlainHistory(ZONE)
    await keep(plain, course.writer.written)
    await keep(embedded, course.writer.written)
    expected, found = await plain.measure(course.question), await embedded.measure(course.question)
    event(f"by {course.question.by}: {'something' if expected else 'nothing'}")
    assert _comparable(found) == _comparable(expected)


def _comparable(figures: Mapping[str, Figures]) -> dict[str, Figures]:
    """Seconds to the microsecond, and without keys that say nothing."""
    comparable = {key: replace(found, coverage=_rounded(found.coverage)) for key, found in figures.items()}
    return {key: found for key, found in comparable.items() if found != Figures()}


def _rounded(coverage: Coverage | None) -> Coverage | None:
    if coverage is None or coverage.registered_s == 0:
        return None
    return Coverage(round(coverage.on_duty_s, 5), round(coverage.registered_s, 5))
