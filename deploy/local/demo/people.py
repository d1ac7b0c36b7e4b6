"""People who cannot be real: born in the 1800s, with telephone numbers of no mobile range."""

from dataclasses import dataclass
from operator import mul
from random import Random

from deploy.local.demo.names import GIVEN, SURNAMES
from shared.vocabulary.terms import ChannelKind, Role

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
_CHECK_CHARACTERS = "10X98765432"


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a unit, or an officer of a station (then without a unit)."""

    member_id: str
    unit_id: str | None
    station_id: str
    path: str
    role: Role
    name: str
    phone: str
    id_number: str
    watch: int = 0
    """Which of the unit's watches this person stands, from 0."""
    channels: tuple[ChannelKind, ...] = ()
    """How this person is told, in the order in which it is tried; empty: as everybody is."""
    webhook_url: str = ""


def check_character(first_17: str) -> str:
    """The last character of an identity number (GB 11643, ISO 7064 MOD 11-2)."""
    return _CHECK_CHARACTERS[sum(map(mul, _WEIGHTS, map(int, first_17))) % 11]


def identity_number(random: Random, division: str) -> str:
    """A well-formed identity number of `division` whose holder would have been born from 1850 to 1889."""
    rest, serial = divmod(random.getrandbits(30), 999)
    rest, day = divmod(rest, 28)
    rest, month = divmod(rest, 12)
    first_17 = f"{division}{1850 + rest % 40}{month + 1:02}{day + 1:02}{serial + 1:03}"
    return first_17 + check_character(first_17)


def phone_number(serial: int) -> str:
    """An 11-digit number beginning with 1000: no mobile range of mainland China begins with 10."""
    return f"1000{serial:07}"


def person_name(random: Random) -> str:
    """A surname and one or two characters."""
    rest, surname = divmod(random.getrandbits(30), len(SURNAMES))
    rest, first = divmod(rest, len(GIVEN))
    rest, second = divmod(rest, len(GIVEN))
    return SURNAMES[surname] + GIVEN[first] + (GIVEN[second] if rest % 3 else "")
