"""Rectangles of the world."""

import contextlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.vocabulary.boxes import Box, BoxInvalid, parse_box

CITY = Box(113, 22, 114, 24)
PACIFIC = Box(170, -10, -170, 10)
LON, LAT = st.floats(-180, 180), st.floats(-90, 90)


@pytest.mark.parametrize(
    ("box", "place", "holds"),
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
def test_what_a_box_holds(box: Box, place: tuple[float, float], holds: bool) -> None:
    assert box.holds(*place) == holds


@given(LON, LAT, LON, LAT, LON, LAT)
def test_two_boxes_side_by_side_hold_the_whole_band(
    w: float, s: float, e: float, n: float, lon: float, lat: float
) -> None:
    assume(w != e)
    south, north = min(s, n), max(s, n)
    here, beyond = Box(w, south, e, north), Box(e, south, w, north)
    assert (here.holds(lon, lat) or beyond.holds(lon, lat)) == (south <= lat <= north)


@given(LON, LAT, LON, LAT)
def test_a_box_comes_back_as_it_was_written(w: float, s: float, e: float, n: float) -> None:
    box = Box(w, min(s, n), e, max(s, n))
    assert parse_box(f"{box.west},{box.south},{box.east},{box.north}") == box


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    with contextlib.suppress(BoxInvalid):
        assert isinstance(parse_box(text), Box)
