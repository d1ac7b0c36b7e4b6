"""Units of the registry, put onto a map."""

from datetime import UTC, datetime
from typing import Any

from services.dispatch.application.unit_map import UnitMap
from shared.contracts.base import Place
from shared.contracts.duty import UnitDutyChanged
from shared.contracts.positions import Fix
from shared.contracts.registry import Unit
from shared.vocabulary.terms import DutyState, SiteClass

CITY = "/440100"
AT = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)


def a_unit(unit_id: str, lon: float, lat: float, *, path: str, **changes: Any) -> Unit:
    values: dict[str, Any] = {
        "unit_id": unit_id,
        "name": "单元",
        "site_id": "site",
        "station_id": path.rsplit("/", 1)[-1],
        "path": path,
        "site_class": SiteClass.B,
        "location": Place(lon=lon, lat=lat),
        "quorum": 2,
    }
    return Unit(**{**values, **changes})


def duty_of(unit_id: str, *members: str, **changes: Any) -> UnitDutyChanged:
    values: dict[str, Any] = {
        "unit_id": unit_id,
        "station_id": "440106007",
        "path": "/440100/440106/440106007",
        "site_class": SiteClass.B,
        "state": DutyState.ON if members else DutyState.OFF,
        "on_duty": members,
        "quorum": 2,
        "location": None,
        "at": AT,
        "until": None,
    }
    return UnitDutyChanged(**{**values, **changes})


def a_fix(unit_id: str, member_id: str, lon: float, lat: float, at: datetime = AT) -> Fix:
    return Fix(unit_id=unit_id, member_id=member_id, lon=lon, lat=lat, accuracy_m=5, time=at)


def put(units: UnitMap, unit: Unit) -> None:
    """The registry says so; consoles see it once it is published."""
    units.touch(unit.unit_id).register(unit)
