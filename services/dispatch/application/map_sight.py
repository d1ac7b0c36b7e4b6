"""What one console sees of the map: a rectangle of the world, and a subtree of the organisation."""

from dataclasses import dataclass
from math import isfinite

from shared.vocabulary.organisation import within


class ViewInvalid(ValueError):
    """Not a rectangle of the world."""


@dataclass(frozen=True, slots=True)
class View:
    """A rectangle in WGS-84 degrees. Where `west` > `east` it lies across the 180th meridian."""

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


WORLD = View(-180, -90, 180, 90)


def parse_view(text: str) -> View:
    """A view written as `west,south,east,north`. Raises ViewInvalid."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ViewInvalid("west,south,east,north in degrees") from error
    if not all(isfinite(degrees) and abs(degrees) <= 180 for degrees in (west, east)):
        raise ViewInvalid("west and east lie between -180 and 180")
    if not -90 <= south <= north <= 90:
        raise ViewInvalid("south lies below north, both between -90 and 90")
    return View(west, south, east, north)


@dataclass(frozen=True, slots=True)
class Sight:
    """`node`: the organisation's subtree that the caller may see."""

    node: str
    view: View = WORLD

    def may_see(self, path: str) -> bool:
        """Whether what belongs to the node `path` is the caller's to see, wherever it is."""
        return within(path, self.node)
