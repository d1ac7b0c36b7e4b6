"""Rectangles of the world."""

from dataclasses import dataclass
from math import isfinite


class BoxInvalid(ValueError):
    """Not a rectangle of the world."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in WGS-84 degrees; `west` > `east` crosses the 180th meridian (RFC 7946)."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a place lies in it, its borders included."""
        if not self.south <= lat <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= lon <= self.east
        return lon >= self.west or lon <= self.east


WORLD = Box(-180, -90, 180, 90)


def parse_box(text: str) -> Box:
    """A box written as `west,south,east,north`. Raises BoxInvalid."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BoxInvalid("west,south,east,north in degrees") from error
    if not all(isfinite(degrees) and abs(degrees) <= 180 for degrees in (west, east)):
        raise BoxInvalid("west and east lie between -180 and 180")
    if not -90 <= south <= north <= 90:
        raise BoxInvalid("south lies below north, both between -90 and 90")
    return Box(west, south, east, north)
