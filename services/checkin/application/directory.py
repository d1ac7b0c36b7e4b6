"""The registry as every check-in needs it: in memory, kept by the topics it is published on."""

from bisect import bisect_right
from collections.abc import Iterator

from pydantic import TypeAdapter

from services.checkin.application.ports import Publication
from shared.contracts.registry import Equipment, Post, Site, Station, Unit

# A city's 163,000 pieces take 170 MB as objects, and a tenth of that as JSON; they are only looked at page by page.
_equipment: TypeAdapter[tuple[Equipment, ...]] = TypeAdapter(tuple[Equipment, ...])


class Directory:
    """Stations, sites with their posts, and units. A state older than the one that is here is not taken."""

    def __init__(self) -> None:
        self.whole = False
        """Whether everything is here that was published before this process began to read."""
        self.stations: dict[str, Station] = {}
        self.sites: dict[str, Site] = {}
        self.units: dict[str, Unit] = {}
        """Without their equipment, which `with_equipment` adds."""
        self._equipment: dict[str, bytes] = {}
        self._site_of_post: dict[str, str] = {}
        self._units_of_site: dict[str, set[str]] = {}
        self._sequences: dict[tuple[str, str], int] = {}
        self._sorted_units: list[str] | None = None

    def apply(self, published: Publication) -> None:
        """Take one whole state, or forget what is gone."""
        key = (published.kind, published.id)
        if published.sequence <= self._sequences.get(key, -1):
            return
        self._sequences[key] = published.sequence
        match published.state:
            case Station() as station:
                self.stations[station.station_id] = station
            case Site() as site:
                self._forget_posts(site.site_id)
                self.sites[site.site_id] = site
                self._site_of_post.update({post.post_id: site.site_id for post in site.posts})
            case Unit() as unit:
                self._forget_place(unit.unit_id)
                self._units_of_site.setdefault(unit.site_id, set()).add(unit.unit_id)
                self.units[unit.unit_id] = unit.model_copy(update={"equipment": ()})
                self._equipment[unit.unit_id] = _equipment.dump_json(unit.equipment)
                self._sorted_units = None
            case _:
                self._forget(published)

    def post(self, post_id: str) -> tuple[Site, Post] | None:
        """A post and its site."""
        site = self.sites.get(self._site_of_post.get(post_id, ""))
        post = next((post for post in site.posts if post.post_id == post_id), None) if site is not None else None
        return None if site is None or post is None else (site, post)

    def units_of(self, site_id: str) -> list[str]:
        """The ids of a site's units, in order."""
        return sorted(self._units_of_site.get(site_id, ()))

    def with_equipment(self, unit: Unit) -> Unit:
        """A unit of `units` with its equipment."""
        kept = self._equipment.get(unit.unit_id)
        return unit if kept is None else unit.model_copy(update={"equipment": _equipment.validate_json(kept)})

    def units_after(self, unit_id: str) -> Iterator[Unit]:
        """Units by id, from the first one behind `unit_id`."""
        if self._sorted_units is None:
            self._sorted_units = sorted(self.units)
        ids = self._sorted_units
        places = range(bisect_right(ids, unit_id), len(ids))
        return (unit for place in places if (unit := self.units.get(ids[place])) is not None)

    def _forget(self, published: Publication) -> None:
        match published.kind:
            case "station":
                self.stations.pop(published.id, None)
            case "site":
                self._forget_posts(published.id)
                self.sites.pop(published.id, None)
            case "unit":
                self._forget_place(published.id)
                self.units.pop(published.id, None)
                self._equipment.pop(published.id, None)
                self._sorted_units = None
            case "member":
                pass  # who a unit's members are, its own state says

    def _forget_place(self, unit_id: str) -> None:
        before = self.units.get(unit_id)
        if before is not None:
            self._units_of_site[before.site_id].discard(unit_id)

    def _forget_posts(self, site_id: str) -> None:
        before = self.sites.get(site_id)
        for post in before.posts if before is not None else ():
            if self._site_of_post.get(post.post_id) == site_id:  # it may be another site's by now
                del self._site_of_post[post.post_id]
