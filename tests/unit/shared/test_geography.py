"""Points, distances, geofences and the domestic datum."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.vocabulary.geography import Crs, Geofence, Point, distance_m, gcj02_to_wgs84, to_wgs84, wgs84_to_gcj02

mainland = st.builds(Point, lon=st.floats(80, 130), lat=st.floats(18, 50))
anywhere = st.builds(Point, lon=st.floats(-180, 180), lat=st.floats(-90, 90))

TIANHE_STADIUM = Point(113.3190, 23.1400)


@pytest.mark.parametrize(("lon", "lat"), [(180.1, 0), (0, 90.1), (float("nan"), 0), (0, float("inf"))])
def test_a_place_off_the_globe_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(ValueError, match="not a place on Earth"):
        Point(lon, lat)


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert distance_m(Point(113, 23), Point(113, 24)) == pytest.approx(111_195, abs=1)


@given(anywhere, anywhere)
def test_distance_is_symmetric_and_within_half_the_globe(a: Point, b: Point) -> None:
    assert distance_m(a, b) == pytest.approx(distance_m(b, a), abs=1e-6)
    assert 0 <= distance_m(a, b) <= 20_016_000


@pytest.mark.parametrize(
    ("metres_north", "accuracy_m", "admitted"), [(0, 0, True), (99, 0, True), (101, 0, False), (101, 5, True)]
)
def test_a_geofence_admits_who_may_be_inside(metres_north: float, accuracy_m: float, admitted: bool) -> None:
    fence = Geofence(TIANHE_STADIUM, 100)
    place = Point(TIANHE_STADIUM.lon, TIANHE_STADIUM.lat + metres_north / 111_195)
    assert fence.admits(place, accuracy_m) is admitted


@given(mainland)
def test_gcj02_and_back_is_the_same_place_to_a_centimetre(place: Point) -> None:
    assert distance_m(gcj02_to_wgs84(wgs84_to_gcj02(place)), place) < 0.01


def test_gcj02_lies_some_hundred_metres_off_in_guangzhou() -> None:
    # The known offset around Guangzhou: about 530 m east-south-east.
    assert 400 < distance_m(TIANHE_STADIUM, wgs84_to_gcj02(TIANHE_STADIUM)) < 700


@given(st.builds(Point, lon=st.floats(-120, -70), lat=st.floats(25, 50)))
def test_outside_the_mainland_the_datum_changes_nothing(place: Point) -> None:
    assert wgs84_to_gcj02(place) == place == gcj02_to_wgs84(place)


def test_a_declared_gcj02_place_is_converted_and_wgs84_is_not() -> None:
    shifted = wgs84_to_gcj02(TIANHE_STADIUM)
    assert distance_m(to_wgs84(shifted.lon, shifted.lat, Crs.GCJ02), TIANHE_STADIUM) < 0.01
    assert to_wgs84(shifted.lon, shifted.lat, Crs.WGS84) == shifted
