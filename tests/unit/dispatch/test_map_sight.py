"""Rectangles of the world, as consoles ask for them."""

import contextlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.dispatch.application.map_sight import Sight, View, ViewInvalid, parse_view

CITY = View(113, 22, 114, 24)
PACIFIC = View(170, -10, -170, 10)
LON, LAT = st.floats(-180, 180), st.floats(-90, 90)


@pytest.mark.parametrize(
    ("view", "place", "holds"),
    [
        (CITY, (113.3, 23.1), True),
        (CITY, (113, 22), True),
        (CITY, (114, 24), True),
        (CITY, (112.999, 23), False),
        (CITY, (113.5, 24.001), False),
        (PACIFIC, (175, 0), True),
        (PACIFIC, (-175, 0), True),
        (PACIFIC, (180, 0), True),
        (PACIFIC, (0, 0), False),
        (PACIFIC, (175, 11), False),
    ],
)
def test_what_a_view_holds(view: View, place: tuple[float, float], holds: bool) -> None:
    assert view.holds(*place) == holds


@given(LON, LAT, LON, LAT, LON, LAT)
def test_two_views_side_by_side_hold_the_whole_band(
    w: float, s: float, e: float, n: float, lon: float, lat: float
) -> None:
    assume(w != e)
    south, north = min(s, n), max(s, n)
    here, beyond = View(w, south, e, north), View(e, south, w, north)
    assert (here.holds(lon, lat) or beyond.holds(lon, lat)) == (south <= lat <= north)


@given(LON, LAT, LON, LAT)
def test_a_view_comes_back_as_it_was_written(w: float, s: float, e: float, n: float) -> None:
    view = View(w, min(s, n), e, max(s, n))
    assert parse_view(f"{view.west},{view.south},{view.east},{view.north}") == view


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    with contextlib.suppress(ViewInvalid):
        assert isinstance(parse_view(text), View)


@pytest.mark.parametrize(
    ("node", "path", "may_see"),
    [
        ("/440100", "/440100/440106/440106007", True),
        ("/440100/440106/440106007", "/440100/440106/440106007", True),
        ("/440100/440106/440106007", "/440100/440106/4401060071", False),
        ("/440100/440103", "/440100/440106", False),
    ],
)
def test_whose_units_are_in_sight(node: str, path: str, may_see: bool) -> None:
    assert Sight(node).may_see(path) == may_see
