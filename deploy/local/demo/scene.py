"""Where a scenario happens."""

from deploy.local.demo.organisation import moved
from deploy.local.demo.places import NAMED_PLACES
from deploy.local.demo.scenario_data import Scene
from shared.contracts.base import Place


def scene_of(scene: Scene) -> Place:
    """The scene in WGS-84 degrees."""
    place = next(place for place in NAMED_PLACES if place.key == scene.place)
    return moved(Place(lon=place.lon, lat=place.lat), scene.east_m, scene.north_m)
