"""Points, distances and geofences, in WGS-84 degrees and metres."""

from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, pi, radians, sin, sqrt

MEAN_EARTH_RADIUS_M = 6_371_008.8  # IUGG mean radius R1


class Crs(StrEnum):
    """Coordinate reference systems that clients may declare. Domestic map SDKs report GCJ-02."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the ground. `lon` and `lat` in WGS-84 degrees; ValueError outside the globe."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):  # also refuses NaN
            raise ValueError(f"not a place on Earth: lon {self.lon}, lat {self.lat}")


@dataclass(frozen=True, slots=True)
class Geofence:
    """The circle around a post in which a check-in counts as being there."""

    centre: Point
    radius_m: float

    def admits(self, place: Point, accuracy_m: float) -> bool:
        """Whether somebody reported at `place` within `accuracy_m` metres may be inside."""
        return distance_m(self.centre, place) <= self.radius_m + accuracy_m


def distance_m(a: Point, b: Point) -> float:
    """Great-circle distance in metres (haversine)."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, radians(b.lon - a.lon) / 2
    h = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return 2 * MEAN_EARTH_RADIUS_M * asin(min(1.0, sqrt(h)))


# GCJ-02 is the obfuscated datum that mainland map services must use. The offset polynomial below is the
# one that is publicly known; its inverse has no closed form and is found by fixed-point iteration.
_KRASOVSKY_A = 6_378_245.0
_KRASOVSKY_EE = 0.00669342162296594323


def _gcj02_offset(place: Point) -> tuple[float, float]:
    x, y = place.lon - 105.0, place.lat - 35.0
    common = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    d_lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common
    d_lat += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    d_lat += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    d_lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common
    d_lon += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    d_lon += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    lat = radians(place.lat)
    magic = 1 - _KRASOVSKY_EE * sin(lat) ** 2
    d_lat = (d_lat * 180) / ((_KRASOVSKY_A * (1 - _KRASOVSKY_EE)) / (magic * sqrt(magic)) * pi)
    d_lon = (d_lon * 180) / (_KRASOVSKY_A / sqrt(magic) * cos(lat) * pi)
    return d_lon, d_lat


def _in_mainland_box(place: Point) -> bool:
    return 72.004 <= place.lon <= 137.8347 and 0.8293 <= place.lat <= 55.8271


def wgs84_to_gcj02(place: Point) -> Point:
    """The GCJ-02 coordinates of a WGS-84 point; unchanged outside the datum's area."""
    if not _in_mainland_box(place):
        return place
    d_lon, d_lat = _gcj02_offset(place)
    return Point(place.lon + d_lon, place.lat + d_lat)


def gcj02_to_wgs84(place: Point) -> Point:
    """The WGS-84 point whose GCJ-02 coordinates are `place`, to within a centimetre."""
    if not _in_mainland_box(place):
        return place
    guess = place
    for _ in range(8):
        shifted = wgs84_to_gcj02(guess)
        guess = Point(guess.lon + place.lon - shifted.lon, guess.lat + place.lat - shifted.lat)
    return guess


def to_wgs84(lon: float, lat: float, crs: Crs) -> Point:
    """A point given in a declared reference system, as WGS-84."""
    place = Point(lon, lat)
    return gcj02_to_wgs84(place) if crs is Crs.GCJ02 else place
