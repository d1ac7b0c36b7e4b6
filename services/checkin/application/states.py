"""The whole states that are published, made of what is registered."""

from collections.abc import Iterable, Sequence

from services.checkin.domain.registry import (
    QUORUM,
    EquipmentEntry,
    MemberEntry,
    SiteEntry,
    StationEntry,
    UnitEntry,
    channels_of,
)
from shared.contracts.base import Place
from shared.contracts.registry import Channel, Equipment, Member, Post, Site, Station, Unit
from shared.vocabulary.geography import Point
from shared.vocabulary.terms import ChannelKind, Role


def station_state(entry: StationEntry) -> Station:
    """A node of the tree."""
    return Station(
        station_id=entry.code,
        name=entry.name,
        level=entry.level,
        parent_id=entry.parent,
        path=entry.path,
        location=_place(entry.location),
    )


def site_state(entry: SiteEntry, path: str) -> Site:
    """`path`: its station's."""
    posts = tuple(
        Post(
            post_id=post.code,
            name=post.name,
            location=_place(post.location),
            fixed_code_allowed=post.fixed_code_allowed,
        )
        for post in entry.posts
    )
    return Site(
        site_id=entry.code,
        name=entry.name,
        site_class=entry.site_class,
        station_id=entry.station,
        path=path,
        location=_place(entry.location),
        geofence_radius_m=entry.geofence_radius_m,
        address=entry.address,
        posts=posts,
    )


def unit_state(
    entry: UnitEntry, site: Site, crew: Sequence[tuple[str, Role]], equipment: Iterable[EquipmentEntry]
) -> Unit:
    """`crew`: (code, role) of its active members, by code; the leader is the first of them with that role."""
    pieces = tuple(
        Equipment(
            equipment_id=piece.code,
            kind=piece.kind,
            count=piece.count,
            inspected_on=piece.inspected_on,
            expires_on=piece.expires_on,
        )
        for piece in equipment
    )
    return Unit(
        unit_id=entry.code,
        name=entry.name,
        site_id=entry.site,
        station_id=site.station_id,
        path=site.path,
        site_class=site.site_class,
        location=site.location,
        quorum=entry.quorum or QUORUM[site.site_class],
        leader_id=next((code for code, role in crew if role is Role.LEADER), None),
        member_ids=tuple(code for code, _ in crew),
        equipment=pieces,
        capabilities=entry.capabilities,
        suspended=entry.suspended,
    )


def member_state(entry: MemberEntry, path: str) -> Member:
    """`path`: the unit's, else the station's."""
    addresses = {ChannelKind.SMS: entry.phone, ChannelKind.WEBHOOK: entry.webhook_url}
    return Member(
        member_id=entry.code,
        unit_id=entry.unit,
        station_id=path.rsplit("/", 1)[1],
        path=path,
        role=entry.role,
        name=entry.name,
        channels=tuple(Channel(kind=kind, address=addresses.get(kind, "")) for kind in channels_of(entry)),
        language=entry.language,
        active=entry.active,
    )


def _place(point: Point) -> Place:
    return Place(lon=point.lon, lat=point.lat)
