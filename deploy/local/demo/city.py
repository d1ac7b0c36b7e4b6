"""A city as it might be: stations, sites, units and people, the same ones for the same seed."""

from dataclasses import dataclass
from functools import cached_property
from random import Random

from deploy.local.demo.districts import DISTRICTS, District
from deploy.local.demo.equipment import BASIC, FULL, UNARMED, furnish
from deploy.local.demo.names import SITE_KINDS, SITE_WORDS
from deploy.local.demo.organisation import moved, shares, stations
from deploy.local.demo.people import Person, identity_number, person_name, phone_number
from deploy.local.demo.places import NAMED_PLACES, NamedPlace, PlaceUnit
from shared.contracts.base import Place
from shared.contracts.registry import Post, Site, Station, Unit
from shared.vocabulary.organisation import StationLevel
from shared.vocabulary.terms import ChannelKind, EquipmentKind, Role, SiteClass

NAMED_UNITS = sum(len(place.units) for place in NAMED_PLACES)
"""How many units the scenarios name: the smallest city."""

_CLASS_WEIGHTS = {SiteClass.A: 8, SiteClass.B: 27, SiteClass.C: 35, SiteClass.D: 30}
QUORUM = {SiteClass.A: 3, SiteClass.B: 3, SiteClass.C: 2, SiteClass.D: 2}
"""How many of a unit must be on duty, by the class of its site."""
_CLEAR_LON, _CLEAR_LAT = 0.0068, 0.0063  # 700 m
_WITHOUT_SMARTPHONE = 0.1
"""Of a generated unit's people, but for the first of each watch, whose phone answers for the unit."""
_OFFICERS = {StationLevel.CITY: 2, StationLevel.DISTRICT: 2, StationLevel.STATION: 4}


@dataclass(frozen=True, slots=True)
class Manned:
    """A unit with its people. Three `watches`: round the clock; one: by day."""

    unit: Unit
    site: Site
    watches: int
    people: tuple[Person, ...]


@dataclass(frozen=True)
class City:
    """Everything that is registered. Small cities hold the places of the scenarios and little else."""

    seed: int
    stations: tuple[Station, ...]
    sites: tuple[Site, ...]
    units: tuple[Manned, ...]
    officers: tuple[Person, ...]

    @cached_property
    def unit_by_id(self) -> dict[str, Manned]:
        """Units by id."""
        return {manned.unit.unit_id: manned for manned in self.units}

    @cached_property
    def station_by_id(self) -> dict[str, Station]:
        """Stations by id."""
        return {station.station_id: station for station in self.stations}

    def officer_of(self, station_id: str) -> Person:
        """The first officer of a station; StopIteration when there is none."""
        return next(person for person in self.officers if person.station_id == station_id)


def generate(seed: int, units: int) -> City:
    """The city of `units` units that this seed gives. ValueError below `NAMED_UNITS`."""
    if units < NAMED_UNITS:
        raise ValueError(f"a demo city has at least {NAMED_UNITS} units, not {units}")
    return _Builder(seed, units).build()


class _Builder:
    def __init__(self, seed: int, units: int) -> None:
        self._random = Random(seed)
        # Drawn apart, so that a seed's places and people do not hang on who has which telephone.
        self._telephones = Random(f"telephones of {seed}")
        self._seed = seed
        self._wanted = units
        self._people = 0
        self._sites: list[Site] = []
        self._units: list[Manned] = []

    def build(self) -> City:
        tree = tuple(stations())
        by_name = {station.name.removesuffix("派出所"): station for station in tree}
        for place in NAMED_PLACES:
            self._named(place, by_name[place.station])
        for district, share in zip(DISTRICTS, shares(self._wanted - NAMED_UNITS), strict=True):
            for number in range(share):
                name = district.stations[number % len(district.stations)][0]
                self._generated(by_name[name], district, len(self._units) + 1)
        officers = tuple(
            self._person(f"o-{station.station_id}-{number:02}", None, station, Role.OFFICER, 0)
            for station in tree
            for number in range(1, _OFFICERS[station.level] + 1)
        )
        return City(self._seed, tree, tuple(self._sites), tuple(self._units), officers)

    def _named(self, place: NamedPlace, station: Station) -> None:
        centre = Place(lon=place.lon, lat=place.lat)
        site = self._site(
            f"s-{place.key}", place.name, place.site_class, station, centre, place.radius_m, place.address, place.posts
        )
        for spec in place.units:
            self._unit(spec, site, station, without_smartphone=0)

    def _generated(self, station: Station, district: District, number: int) -> None:
        random = self._random
        kind = random.choices(list(_CLASS_WEIGHTS), list(_CLASS_WEIGHTS.values()))[0]
        name = f"{station.name.removesuffix('派出所')}{random.choice(SITE_WORDS)}{random.choice(SITE_KINDS[kind])}"
        at = self._somewhere(station, district)
        key = f"{station.station_id}-{number:05}"
        address = f"{district.name}区{station.name.removesuffix('派出所')}街{random.randrange(1, 400)}号"
        site = self._site(f"s-{key}", name, kind, station, at, random.choice((100.0, 150.0, 200.0, 300.0)), address)
        watches = 3 if random.random() < (0.8 if kind is SiteClass.A else 0.35) else 1
        per_watch = QUORUM[kind] + random.randrange(0, 4) if watches == 3 else random.randrange(6, 19)
        spec = PlaceUnit(key, "", watches, per_watch, *self._abilities(kind))
        self._unit(spec, site, station, without_smartphone=_WITHOUT_SMARTPHONE)

    def _somewhere(self, station: Station, district: District) -> Place:
        """Near the station, but clear of the scenarios' places: who is nearest there does not depend on the seed."""
        while True:
            east_m, north_m = (self._random.gauss(0, district.spread_m) for _ in range(2))
            at = moved(station.location, east_m, north_m)
            if all(abs(at.lon - p.lon) > _CLEAR_LON or abs(at.lat - p.lat) > _CLEAR_LAT for p in NAMED_PLACES):
                return at

    def _abilities(self, kind: SiteClass) -> tuple[tuple[EquipmentKind, ...], tuple[str, ...]]:
        full = {SiteClass.A: 0.9, SiteClass.B: 0.5, SiteClass.C: 0.25, SiteClass.D: 0.1}[kind]
        roll = self._random.random()
        kinds = FULL if roll < full else BASIC if roll < 0.9 else UNARMED
        capabilities: tuple[str, ...] = ()
        if self._random.random() < 0.3:
            kinds, capabilities = (*kinds, EquipmentKind.FIRST_AID), ("first-aid",)
        if self._random.random() < 0.1:
            kinds, capabilities = (*kinds, EquipmentKind.STRETCHER), (*capabilities, "stretcher")
        return kinds, capabilities

    def _site(
        self,
        site_id: str,
        name: str,
        site_class: SiteClass,
        station: Station,
        centre: Place,
        radius_m: float,
        address: str,
        posts: tuple[str, ...] = ("值班室",),
    ) -> Site:
        step_m = radius_m * 0.6
        offsets = ((step_m, 0.0), (0.0, -step_m), (-step_m, 0.0), (0.0, step_m)) if len(posts) > 1 else ((0.0, 0.0),)
        site = Site(
            site_id=site_id,
            name=name,
            site_class=site_class,
            station_id=station.station_id,
            path=station.path,
            location=centre,
            geofence_radius_m=radius_m,
            address=address,
            posts=tuple(
                Post(post_id=f"p{site_id[1:]}-{number}", name=post, location=moved(centre, *offset))
                for number, (post, offset) in enumerate(zip(posts, offsets, strict=True), 1)
            ),
        )
        self._sites.append(site)
        return site

    def _unit(self, spec: PlaceUnit, site: Site, station: Station, without_smartphone: float) -> None:
        unit_id = f"u-{spec.key}"
        people = tuple(
            self._person(
                f"m-{spec.key}-{number + 1:02}",
                unit_id,
                station,
                Role.MEMBER if number else Role.LEADER,
                number % spec.watches,
                self._channels(without_smartphone) if number >= spec.watches else (),
            )
            for number in range(spec.watches * spec.per_watch)
        )
        unit = Unit(
            unit_id=unit_id,
            name=f"{site.name}{spec.name}最小应急单元",
            site_id=site.site_id,
            station_id=station.station_id,
            path=station.path,
            site_class=site.site_class,
            location=site.location,
            quorum=QUORUM[site.site_class],
            leader_id=people[0].member_id,
            member_ids=tuple(person.member_id for person in people),
            equipment=furnish(self._random, unit_id, spec.kinds, spec.per_watch),
            capabilities=spec.capabilities,
        )
        self._units.append(Manned(unit, site, spec.watches, people))

    def _channels(self, without_smartphone: float) -> tuple[ChannelKind, ...]:
        return (ChannelKind.SMS, ChannelKind.INBOX) if self._telephones.random() < without_smartphone else ()

    def _person(
        self,
        member_id: str,
        unit_id: str | None,
        station: Station,
        role: Role,
        watch: int,
        channels: tuple[ChannelKind, ...] = (),
    ) -> Person:
        self._people += 1
        return Person(
            member_id=member_id,
            unit_id=unit_id,
            station_id=station.station_id,
            path=station.path,
            role=role,
            name=person_name(self._random),
            phone=phone_number(self._people),
            id_number=identity_number(self._random, station.station_id[:6]),
            watch=watch,
            channels=channels,
        )
