"""What the bench makes of its measurements."""

from datetime import UTC, datetime

import pytest

from tests.bench.outcome import measured, merged, not_measured
from tests.bench.ratios import Figure, Goal, Series, percentile, shown
from tests.bench.rows import Measured, Row, Say
from tests.bench.tables import BEGIN, END, markdown, rewritten

HALF = Goal("at least", 0.5, "ratio")


def series(*values: float, unit: str = "/s") -> Series:
    return Series("it", unit, values)


def test_a_series_says_its_median_and_spread() -> None:
    measured = series(30, 10, 20)
    assert (measured.median, measured.low, measured.high) == (20, 10, 30)


def test_nothing_measured_is_no_series() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        series()


def test_ratios_are_taken_repetition_by_repetition() -> None:
    figure = Figure(series(10, 40), series(20, 50))
    assert figure.ratio is not None
    assert figure.ratio.values == (0.5, 0.8)


def test_repetitions_without_a_partner_are_a_fault() -> None:
    with pytest.raises(ValueError, match="shorter"):
        _ = Figure(series(10, 40), series(20)).ratio


@pytest.mark.parametrize(
    ("values", "verdict"), [((50, 50, 50), "PASS"), ((49, 49, 90), "FAIL"), ((10, 50, 60), "PASS")]
)
def test_the_median_ratio_is_held_to_the_goal(values: tuple[float, ...], verdict: str) -> None:
    assert Figure(series(*values), series(100, 100, 100), HALF).verdict == verdict


@pytest.mark.parametrize(("value", "verdict"), [(100, "PASS"), (100.1, "FAIL")])
def test_a_goal_of_the_figure_itself_does_not_ask_the_peer(value: float, verdict: str) -> None:
    goal = Goal("at most", 100, "figure")
    assert Figure(series(value, unit="ms"), series(1, unit="ms"), goal).verdict == verdict


def test_without_a_goal_nothing_passes_or_fails() -> None:
    assert Figure(series(1), series(2)).verdict == "-"


def test_a_goal_of_a_ratio_needs_a_peer() -> None:
    with pytest.raises(ValueError, match="needs a peer"):
        Figure(series(1), goal=HALF)


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile(list(range(100, 0, -1)), share) == value


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (12_345.6, "12,346"), (12.34, "12.3"), (1.234, "1.23"), (0.01234, "0.0123")]
)
def test_figures_are_shown_with_three_digits(value: float, text: str) -> None:
    assert shown(value) == text


def test_only_the_marked_part_of_a_page_is_rewritten() -> None:
    page = f"# Title\n\n{BEGIN}\nold\n{END}\n\n## Rest\n"
    assert rewritten(page, "new") == f"# Title\n\n{BEGIN}\nnew\n{END}\n\n## Rest\n"
    assert rewritten(rewritten(page, "new"), "new") == rewritten(page, "new")


def test_a_page_without_markers_gets_them_at_its_end() -> None:
    assert rewritten("# Title\n", "new") == f"# Title\n\n{BEGIN}\nnew\n{END}\n"


@pytest.mark.parametrize("page", [BEGIN, END, f"{END}\n{BEGIN}", f"{BEGIN}\n{BEGIN}\n{END}"])
def test_a_page_whose_markers_are_broken_is_left_alone(page: str) -> None:
    with pytest.raises(ValueError, match="once each"):
        rewritten(page, "new")


def test_a_row_measured_anew_replaces_its_old_outcome_only() -> None:
    known = [{"row": "a", "n": 1}, {"row": "b", "n": 1}, {"row": "gone", "n": 1}]
    assert merged(known, {"row": "b", "n": 2}, ["b", "a", "c"]) == [{"row": "b", "n": 2}, {"row": "a", "n": 1}]


AT = datetime(2026, 1, 1, tzinfo=UTC)


async def _never(_: Say) -> Measured:
    raise NotImplementedError


ROW = Row("lamps", "lighting lamps", "a match", "≥ 0.5 of it", _never)


def test_a_measured_row_shows_both_sides_their_ratio_and_the_verdict() -> None:
    figure = Figure(Series("lamps", "/s", (40, 50, 60)), Series("matches", "/s", (100, 100, 100)), HALF)
    page = markdown([measured(ROW, Measured((figure,), ("By night.",)), AT, 1.0)])
    assert "| lamps | 50.0/s (40.0 – 60.0) | matches: 100/s (100 – 100) | 0.5× (0.4 – 0.6) | ≥ 0.5 × | PASS |" in page
    assert "- By night." in page


def test_a_row_that_could_not_be_measured_says_why() -> None:
    assert "**Not measured:** no lamps here" in markdown([not_measured(ROW, "no lamps here", AT)])


def test_a_row_measured_on_a_busy_machine_says_so() -> None:
    outcome = {**measured(ROW, Measured((Figure(series(1)),)), AT, 1.0), "others": [0.42, 0.5]}
    assert "busy with other work: 42% and 50%." in markdown([outcome])
