"""The organisation tree of the demo city, and how its units are spread over it."""

from math import cos, radians

from deploy.local.demo.districts import CITY_CENTRE, CITY_CODE, CITY_NAME, DISTRICTS
from shared.contracts.base import Place
from shared.contracts.registry import Station
from shared.vocabulary.organisation import StationLevel

_METRES_PER_DEGREE = 111_195.0  # of latitude, on the mean sphere


def moved(place: Place, east_m: float, north_m: float) -> Place:
    """The place so many metres east and north of `place`."""
    lat = place.lat + north_m / _METRES_PER_DEGREE
    lon = place.lon + east_m / (_METRES_PER_DEGREE * cos(radians(place.lat)))
    return Place(lon=round(lon, 6), lat=round(lat, 6))


def stations() -> list[Station]:
    """The city, its districts and their stations, parents first."""
    root = f"/{CITY_CODE}"
    found = [_station(CITY_CODE, CITY_NAME, StationLevel.CITY, None, root, *CITY_CENTRE)]
    for district in DISTRICTS:
        path = f"{root}/{district.code}"
        lon = sum(station[1] for station in district.stations) / len(district.stations)
        lat = sum(station[2] for station in district.stations) / len(district.stations)
        name = f"{district.name}区分局"
        found.append(_station(district.code, name, StationLevel.DISTRICT, CITY_CODE, path, lon, lat))
        for number, (name, lon, lat) in enumerate(district.stations, 1):
            code = f"{district.code}{number:03}"
            found.append(
                _station(code, f"{name}派出所", StationLevel.STATION, district.code, f"{path}/{code}", lon, lat)
            )
    return found


def _station(
    code: str, name: str, level: StationLevel, parent: str | None, path: str, lon: float, lat: float
) -> Station:
    place = Place(lon=round(lon, 6), lat=round(lat, 6))
    return Station(station_id=code, name=name, level=level, parent_id=parent, path=path, location=place)


def shares(units: int) -> list[int]:
    """`units` over the districts by their shares; what rounding leaves goes to the largest remainders."""
    exact = [units * district.share / sum(d.share for d in DISTRICTS) for district in DISTRICTS]
    shares = [int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: shares[index] - exact[index])
    for index in by_remainder[: units - sum(shares)]:
        shares[index] += 1
    return shares
