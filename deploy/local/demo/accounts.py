"""Who speaks to the system in the demo, and with what right."""

from deploy.local.demo.city import City, Manned
from deploy.local.demo.client import Issue
from deploy.local.demo.districts import CITY_CODE
from deploy.local.demo.people import Person
from shared.contracts.registry import Post
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role

OPERATOR = Principal("operator-01", Role.OPERATOR, f"/{CITY_CODE}", station_id=CITY_CODE)
"""The city's operator, who also loads the city."""

GATEWAY = Principal("ptt-gateway-01", Role.PARTNER, f"/{CITY_CODE}")
"""The radio operator's gateway, which passes on where everybody's radio is."""


def principal_of(person: Person) -> Principal:
    """A member, a leader or an officer."""
    return Principal(person.member_id, person.role, person.path, unit_id=person.unit_id, station_id=person.station_id)


def display_of(manned: Manned, post: Post) -> Principal:
    """The display of a post, which shows its rotating code."""
    return Principal(post.post_id, Role.DISPLAY, manned.unit.path, station_id=manned.unit.station_id)


def demo_accounts(city: City, issue: Issue) -> list[tuple[str, str, str]]:
    """(who, role, token) of one account of each kind, for trying things by hand."""
    first = city.units[0]
    station = city.station_by_id[first.unit.station_id]
    district = city.station_by_id[station.parent_id or CITY_CODE]
    people = [
        ("广州市 city operator", OPERATOR),
        (f"{district.name} district officer", principal_of(city.officer_of(district.station_id))),
        (f"{station.name} station officer", principal_of(city.officer_of(station.station_id))),
        (f"{first.unit.name} leader {first.people[0].name}", principal_of(first.people[0])),
        (f"{first.unit.name} member {first.people[1].name}", principal_of(first.people[1])),
        (f"{first.site.name} {first.site.posts[0].name} display", display_of(first, first.site.posts[0])),
    ]
    return [(who, principal.role.value, issue(principal)) for who, principal in people]
