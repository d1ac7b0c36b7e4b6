import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.domain.figures import Attainment, Coverage, Reach, Responses, share

counts = st.integers(0, 1000)


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(0, 0, None), (0, 4, 0.0), (1, 4, 0.25), (4, 4, 1.0), (5, 4, 1.0)]
)
def test_a_share_is_between_nothing_and_all_and_none_of_nothing(
    part: float, whole: float, expected: float | None
) -> None:
    assert share(part, whole) == expected


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (Coverage(1800, 3600), 0.5),
        (Coverage(), None),
        (Attainment(3, due=4, in_time=3, late=1), 0.75),
        (Attainment(3, due=0, in_time=0, late=0), None),
        (Reach(recipients=10, reached=9, acknowledged=1, failed=1), 0.9),
    ],
)
def test_each_figure_has_its_share(figure: Coverage | Attainment | Reach, expected: float | None) -> None:
    assert figure.share == expected


@given(counts, counts, counts)
def test_what_is_due_is_in_time_late_or_missed(in_time: int, late: int, missed: int) -> None:
    stage = Attainment(1, in_time + late + missed, in_time, late)
    assert stage.missed == missed
    assert stage.share is None or 0 <= stage.share <= 1


@given(counts, counts, counts, counts)
def test_what_is_not_ended_is_open(done: int, never: int, stood_down: int, still: int) -> None:
    assert Responses(done + never + stood_down + still, done, never, stood_down).open == still
