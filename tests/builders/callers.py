"""Callers of every role, by where they stand to the one whose things a test asks for."""

from enum import StrEnum

from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role

CITY, DISTRICT, STATION = "/440100", "/440100/440106", "/440100/440106/440106001"
OTHER_CITY, OTHER_DISTRICT, OTHER_STATION = "/440300", "/440100/440103", "/440100/440106/440106002"
STATION_ID, OTHER_STATION_ID = "440106001", "440106002"


class Where(StrEnum):
    """Where a caller stands."""

    OWN = "own"
    """What is asked for is this caller's: in its subtree, its unit's, addressed to it, reported by it."""
    NEIGHBOUR = "neighbour"
    """It is in this caller's subtree, but another unit's and another person's."""
    FOREIGN = "foreign"
    """It is in another subtree."""
    UNASSIGNED = "unassigned"
    """It is in this caller's subtree, and the caller's token names no unit and no station."""


_NODES = {
    Role.OPERATOR: (CITY, OTHER_CITY),
    Role.OFFICER: (STATION, OTHER_STATION),
    Role.LEADER: (STATION, OTHER_STATION),
    Role.MEMBER: (STATION, OTHER_STATION),
    Role.DISPLAY: (STATION, OTHER_STATION),
    Role.PARTNER: (DISTRICT, OTHER_DISTRICT),
    Role.SYSTEM_ADMINISTRATOR: (CITY, OTHER_CITY),
    Role.SECURITY_ADMINISTRATOR: (CITY, OTHER_CITY),
    Role.AUDITOR: (CITY, OTHER_CITY),
}
"""Each role's node of the organisation: the one that holds what is asked for, and another."""


def caller(role: Role, where: Where) -> Principal:
    """The caller `leader-own`, say, who leads the unit `unit-own`."""
    here, elsewhere = _NODES[role]
    path = elsewhere if where is Where.FOREIGN else here
    subject = f"{role.value}-{where.value}"
    if where is Where.UNASSIGNED:
        return Principal(subject, role, path)
    in_a_unit = role in (Role.LEADER, Role.MEMBER)
    return Principal(
        subject,
        role,
        path,
        unit_id=f"unit-{where.value}" if in_a_unit else None,
        station_id=path.rpartition("/")[2] if in_a_unit or role is Role.OFFICER else None,
    )
