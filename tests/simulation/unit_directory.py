"""In Python what the Lua scripts of dispatch's unit directory do, for units that never move nor leave."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.dispatch.adapters import claims_kept, redis_unit_directory, redis_unit_orders
from services.dispatch.adapters.claims_kept import KEPT_KEY
from services.dispatch.adapters.redis_units import PREFIX
from shared.vocabulary.geography import Point, distance_m
from tests.simulation.redis import FOR_EVER_MS, Keys, Script, identity


@dataclass(frozen=True)
class Unit:
    """On duty with `members`, at its place, for good: registry, duty and positions are not simulated."""

    unit_id: str
    station_id: str
    place: Point
    members: int = 3


def see_loss(keys: Keys, args: Sequence[str]) -> bytes | None:
    """What ClaimsKept's first script does."""
    kept_key, lost_key, new = args
    if keys.get(kept_key) == str(keys.run):
        return None
    if keys.get(lost_key) is None:
        keys.put(lost_key, new, FOR_EVER_MS)
    return identity(keys, lost_key)


def keep_claims(keys: Keys, args: Sequence[str]) -> int:
    """What its second does."""
    kept_key, lost_key, lost = args
    if identity(keys, lost_key).decode() != lost:
        return 0
    keys.put(kept_key, str(keys.run), FOR_EVER_MS)
    keys.delete(lost_key)
    return 1


class UnitScripts:
    """`choose_and_claim.lua` and `update_orders.lua`."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._units = units

    def by_text(self) -> Mapping[str, Script]:
        return {
            redis_unit_directory._SCRIPT: self.choose_and_claim,
            redis_unit_orders._SCRIPT: self.update_orders,
            claims_kept.LOST: see_loss,
            claims_kept.KEEP: keep_claims,
        }

    def choose_and_claim(self, keys: Keys, args: Sequence[str]) -> bytes | None:
        wanted = json.loads(args[0])
        kept_key = f"{PREFIX}round:{wanted['incident_id']}:{wanted['round']}"
        kept = keys.get(kept_key)
        if kept is None:
            if keys.get(KEPT_KEY) != str(keys.run):
                return None
            rows = self.choose(keys, wanted)
            claim(keys, rows, wanted)
            kept = json.dumps({"claimed_ms": wanted["now_ms"], "units": rows})
            keys.put(kept_key, kept, wanted["keep_ms"])
        return kept.encode()

    def choose(self, keys: Keys, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The nearest first, chosen or not, with the reasons."""
        scene = Point(wanted["lon"], wanted["lat"])
        seen: list[dict[str, Any]] = []
        left = wanted["count"]
        named = wanted.get("named")
        for unit in sorted(self._units, key=lambda unit: distance_m(unit.place, scene)):
            row = self._looked_at(keys, unit, distance_m(unit.place, scene), wanted)
            if unit.unit_id not in named if named else row["distance_m"] > wanted["within_m"]:
                continue
            seen.append(row)
            if not row["reasons"]:
                why = "named" if named else "nearest"
                row["chosen"], row["reasons"] = left > 0, [why if left > 0 else "not-needed"]
                left -= row["chosen"]
        return seen

    def _looked_at(self, keys: Keys, unit: Unit, away_m: float, wanted: Mapping[str, Any]) -> dict[str, Any]:
        against = {
            "already-asked": unit.unit_id in wanted["exclude"],
            "claimed": self.is_claimed(keys, unit.unit_id, wanted),
            "resting": _holds(keys.get(f"{PREFIX}rest:{unit.unit_id}"), wanted),
        }
        return {
            "unit_id": unit.unit_id,
            "station_id": unit.station_id,
            "distance_m": away_m,
            "members_on_duty": unit.members,
            "lon": unit.place.lon,
            "lat": unit.place.lat,
            "chosen": False,
            "role": "respond",
            "reasons": [reason for reason, applies in against.items() if applies],
        }

    def is_claimed(self, keys: Keys, unit_id: str, wanted: Mapping[str, Any]) -> bool:
        claimed_by = keys.get(f"{PREFIX}claim:{unit_id}")
        orders = keys.hashes.get(f"{PREFIX}orders:{unit_id}", {}).values()
        return any(_holds(holding, wanted) for holding in (claimed_by, *orders))

    def update_orders(self, keys: Keys, args: Sequence[str]) -> int:
        kind, data = args[0], json.loads(args[1])
        seen_key = f"{PREFIX}seen:{data['incident_id']}"
        seen = int(keys.get(seen_key) or 0)
        if data["sequence"] <= seen:
            return 0
        if data["sequence"] > seen + 1 and not data["forced"]:
            return -1
        keys.put(seen_key, str(data["sequence"]), data["keep_ms"])
        if kind == "considered":
            for unit_id in data["not_chosen"]:
                _release(keys, unit_id, data)
        elif kind == "issued":
            _issued(keys, data)
        elif kind == "ended":
            _ended(keys, data)
        return 1


def claim(keys: Keys, rows: Sequence[Mapping[str, Any]], wanted: Mapping[str, Any]) -> None:
    """For the round, until an order confirms it or it lapses."""
    value = f"{int(wanted['drill'])} {wanted['incident_id']} {wanted['round']}"
    for row in rows:
        if row["chosen"]:
            keys.put(f"{PREFIX}claim:{row['unit_id']}", value, wanted["claim_ms"])


def _holds(holding: str | None, wanted: Mapping[str, Any]) -> bool:
    """A real incident takes a unit out of a drill."""
    return holding is not None and not (holding.startswith("1") and not wanted["drill"])


def _release(keys: Keys, unit_id: str, data: Mapping[str, Any]) -> None:
    key = f"{PREFIX}claim:{unit_id}"
    if (keys.get(key) or "")[2:] == f"{data['incident_id']} {data['round']}":
        keys.delete(key)


def _issued(keys: Keys, data: Mapping[str, Any]) -> None:
    orders = keys.hashes.setdefault(f"{PREFIX}orders:{data['unit_id']}", {})
    orders[data["order_id"]] = f"{int(data['drill'])} {data['at_ms']} {data['incident_id']}"
    _release(keys, data["unit_id"], data)
    if len(orders) > 1:
        keys.sets.setdefault(f"{PREFIX}doubly-ordered", set()).add(data["unit_id"])


def _ended(keys: Keys, data: Mapping[str, Any]) -> None:
    orders = keys.hashes.setdefault(f"{PREFIX}orders:{data['unit_id']}", {})
    orders.pop(data["order_id"], None)
    if len(orders) < 2:
        keys.sets.setdefault(f"{PREFIX}doubly-ordered", set()).discard(data["unit_id"])
    if data["rest_ms"] > 0:
        keys.put(f"{PREFIX}rest:{data['unit_id']}", str(int(data["drill"])), data["rest_ms"])
