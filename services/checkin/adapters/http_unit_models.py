"""What is said of stations and units over HTTP."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from services.checkin.application.find_units import UnitOnDuty
from shared.contracts.registry import Post, Station, Unit
from shared.vocabulary.terms import DutyState

GEOJSON = "application/geo+json"


class StationsOut(BaseModel):
    """The caller's part of the tree, parents first."""

    items: list[Station]


class OnDutyOut(BaseModel):
    """Somebody's duty, until it lapses."""

    member_id: str
    post_id: str
    until: datetime


class DutyOut(BaseModel):
    """A unit's duty: `state` until `until`, if nobody renews."""

    state: DutyState
    until: datetime | None
    on_duty: list[OnDutyOut]


class UnitOut(Unit):
    """A unit and its duty."""

    duty: DutyOut


class UnitsOut(BaseModel):
    """By id."""

    items: list[UnitOut]


class UnitWithPosts(UnitOut):
    """A unit, its duty, and where its people stand."""

    posts: list[Post]


FEATURE: dict[str, Any] = {
    "type": "object",
    "required": ["type", "id", "geometry", "properties"],
    "properties": {
        "type": {"const": "Feature"},
        "id": {"type": "string"},
        "geometry": {
            "type": "object",
            "required": ["type", "coordinates"],
            "properties": {
                "type": {"const": "Point"},
                "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
            },
        },
        "properties": {"type": "object", "description": "The unit's, but for its location."},
    },
}
FEATURES: dict[str, Any] = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array", "items": FEATURE}},
}


def unit_out(item: UnitOnDuty) -> dict[str, Any]:
    """A UnitOut, as JSON at once: a page has a thousand of them."""
    until = item.standing.until
    duty = {
        "state": item.standing.state.value,
        "until": None if until is None else until.isoformat(),
        "on_duty": [
            {"member_id": lease.member_id, "post_id": lease.post_id, "until": lease.until.isoformat()}
            for lease in item.standing.leases
        ],
    }
    return {**item.unit.model_dump(mode="json"), "duty": duty}


def feature_out(item: UnitOnDuty) -> dict[str, Any]:
    """The same as a GeoJSON feature (RFC 7946)."""
    properties = unit_out(item)
    place = properties.pop("location")
    return {
        "type": "Feature",
        "id": item.unit.unit_id,
        "geometry": {"type": "Point", "coordinates": [place["lon"], place["lat"]]},
        "properties": properties,
    }
