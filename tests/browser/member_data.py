"""Who and what the tests of the member's page are about, in the shapes of the APIs' answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

MEMBER, UNIT, STATION, PATH = "M-1", "U-1", "440106007", "/440100/440106/440106007"
ACCOUNT = {
    "account_id": MEMBER,
    "login": "guard",
    "name": "李**",
    "role": "member",
    "path": PATH,
    "station_id": STATION,
    "unit_id": UNIT,
}
PASSWORD = "correct horse"
POST = {"lon": 113.3245, "lat": 23.1372}
HAZARD = {
    "hazard_id": "H-1",
    "status": "reported",
    "kind": "other",
    "note": "",
    "unit_id": UNIT,
    "station_id": STATION,
    "path": PATH,
    "location": POST,
    "accuracy_m": 12.0,
    "has_photo": True,
    "found_at": "2026-03-01T08:00:00Z",
    "reported_at": "2026-03-01T08:00:00Z",
    "reported_by": MEMBER,
    "rectified": None,
    "verified": None,
}
CODE, PRINTED, PIN = "ABCDEFGHIJ23", "QRSTUVWXYZ", "271828"


def incident_of(incident_id: str) -> dict[str, Any]:
    """An open incident that nobody was ordered to yet."""
    return {
        "incident_id": incident_id,
        "state": "open",
        "class": "rescue",
        "severity": "serious",
        "drill": False,
        "station_id": STATION,
        "path": PATH,
        "location": POST,
        "description": "",
        "source": {"kind": "station", "id": STATION},
        "external_id": None,
        "reported_at": datetime.now(UTC).isoformat(),
        "reported_by": "officer-1",
        "level": 0,
        "playbook": {"playbook_id": "rescue", "version": 1, "name": "求助、服务处置"},
        "stages": [],
        "orders": [],
    }


def order_for(incident_id: str, *, drill: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """An incident with an order for the member's unit, and the message that tells of it."""
    now = datetime.now(UTC)
    order = {
        "order_id": f"{incident_id}-O",
        "round": 1,
        "stage": 1,
        "assignee_kind": "unit",
        "assignee_id": UNIT,
        "assignee_station_id": STATION,
        "role": "respond",
        "status": "issued",
        "distance_m": 214.0,
        "eta_s": 160.0,
        "issued_at": now.isoformat(),
        "respond_by": (now + timedelta(seconds=60)).isoformat(),
    }
    incident = {
        **incident_of(incident_id),
        "drill": drill,
        "location": {"lon": POST["lon"], "lat": POST["lat"] + 0.002},
        "description": "体育西路地铁站B口，一名女士晕倒",
        "orders": [order],
    }
    message = {
        "id": f"{incident_id}-D",
        "incident_id": incident_id,
        "order_id": order["order_id"],
        "purpose": "order",
        "drill": drill,
        "number": "0427",
        "text": "紧急指令0427：求助、服务（较重），距您约214米，请立即携装备前往。体育西路地铁站B口，一名女士晕倒",
        "photo_url": None,
        "actions": ["acknowledge", "decline", "arrive"],
        "at": now.isoformat(),
        "expires_at": (now + timedelta(minutes=15)).isoformat(),
        "acknowledged_at": None,
        "withdrawn": None,
    }
    return incident, message
