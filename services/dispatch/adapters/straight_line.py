"""Travel times without a road network."""

from collections.abc import Sequence

from shared.vocabulary.geography import Point, distance_m


class StraightLineTimes:
    """On foot: the straight line, times how much longer streets are, at a walking speed."""

    def __init__(self, *, detour_factor: float, speed_m_s: float) -> None:
        self._seconds_per_m = detour_factor / speed_m_s

    async def seconds(self, origins: Sequence[Point], scene: Point) -> Sequence[float]:
        return [round(distance_m(origin, scene) * self._seconds_per_m, 1) for origin in origins]
