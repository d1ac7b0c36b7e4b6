"""Who acts, and whose name is told to whom."""

from dataclasses import dataclass, replace

from services.checkin.domain.personal import masked_name
from shared.vocabulary.organisation import within
from shared.vocabulary.terms import Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom events name by `id`: an account, or a registered person. They belong to the node at `path`."""

    id: str
    name: str
    role: Role
    path: str
    unit_id: str | None
    station_id: str | None


def as_told(person: Person, subtree: str) -> Person | None:
    """The person as whoever looks after `subtree` may know them; None: not at all.

    Those of the subtree are known, and the chain of command above it, which may act on its incidents: operators and
    officers of the nodes that the subtree lies in. Officers of neighbours are not, nor are administrators, who have no
    part in what units do. Names of units' people are as masked as they are everywhere else, so that asking by id is no
    way around it; officers and operators, who act in office, are told in full.
    """
    match person.role:
        case Role.OPERATOR | Role.OFFICER:
            return person if within(person.path, subtree) or within(subtree, person.path) else None
        case Role.LEADER | Role.MEMBER:
            return replace(person, name=masked_name(person.name)) if within(person.path, subtree) else None
        case Role.DISPLAY | Role.PARTNER | Role.SYSTEM_ADMINISTRATOR | Role.SECURITY_ADMINISTRATOR | Role.AUDITOR:
            return None
