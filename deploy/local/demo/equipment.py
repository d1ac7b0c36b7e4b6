"""What generated units have at hand, with inspection and expiry dates."""

from datetime import date, timedelta
from random import Random

from shared.contracts.registry import Equipment
from shared.vocabulary.terms import EquipmentKind as Kind

AS_OF = date(2026, 10, 1)
"""The day that the generated city is as of. Fixed, so that one seed gives one city."""

SIGNAGE = (Kind.HAT, Kind.VEST, Kind.ARMBAND)
BASIC = (Kind.WHISTLE, Kind.LONG_STICK, Kind.SHIELD, *SIGNAGE)
UNARMED = (Kind.WHISTLE, Kind.VEST, Kind.ARMBAND)
FULL = (*BASIC, Kind.FORK, Kind.RADIO, Kind.EXTINGUISHER, Kind.SHOULDER_LAMP)

_LASTS_DAYS: dict[Kind, int] = {Kind.EXTINGUISHER: 5 * 365, Kind.FIRST_AID: 3 * 365, Kind.SHIELD: 10 * 365}
"""Days from making to expiry; other kinds are only inspected."""
_FEW = (Kind.STRETCHER, Kind.FIRST_AID, Kind.FORK)


def furnish(random: Random, unit_id: str, kinds: tuple[Kind, ...], people: int) -> tuple[Equipment, ...]:
    """The unit's equipment: one piece for everybody, of the large things one or two."""
    return tuple(
        Equipment(
            equipment_id=f"{unit_id}.{kind.value}",
            kind=kind,
            count=1 + random.getrandbits(1) if kind in _FEW else people,
            inspected_on=AS_OF - timedelta(days=5 + random.getrandbits(8)),
            expires_on=_expiry(random, kind),
        )
        for kind in kinds
    )


def _expiry(random: Random, kind: Kind) -> date | None:
    lasts = _LASTS_DAYS.get(kind)
    return None if lasts is None else AS_OF + timedelta(days=200 + random.getrandbits(10) % (lasts - 200))
