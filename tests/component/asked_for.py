"""How each operation is asked for, when its path alone does not say it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.builders.world import Things

IN_OFFICES = (Role.OPERATOR, Role.OFFICER)


def _nothing(_: Things, __: Principal) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Asked:
    """`lists`: it is a list, which shows this thing to those who may see it; any other answer is of one thing.

    `request`: further arguments of the HTTP client. `path`: what names in the path stand for, in the world's names.
    `cell`: what holds for those whom the row allows anything, where it is not what the row says. `forbidden`: for whom
    this is, though the row lets them in. `comes_to`: how it ends for those whom it lets in, when this world has no
    better end for it.
    """

    lists: str | None = None
    cell: str | None = None
    path: Mapping[str, str] = field(default_factory=dict[str, str])
    forbidden: tuple[Role, ...] = ()
    comes_to: str | None = None
    request: Callable[[Things, Principal], Mapping[str, Any]] = field(default=_nothing)


def _json(body: Callable[[Things, Principal], Any]) -> Asked:
    return Asked(request=lambda things, who: {"json": body(things, who)})


def _query(**names: str) -> Callable[[Things, Principal], Mapping[str, Any]]:
    return lambda things, _: {"params": {key: text.format_map(things) for key, text in names.items()}}


def _location(things: Things, _: Principal) -> dict[str, Any]:
    return {"lon": float(things["lon"]), "lat": float(things["lat"]), "accuracy_m": 5, "crs": "wgs84"}


def _check_in(things: Things, who: Principal) -> Any:
    return {"unit_id": things["unit_id"], "code": things["shown_code"], "location": _location(things, who)}


def _fix(things: Things, who: Principal) -> Any:
    reported = who.subject if who.role in (Role.LEADER, Role.MEMBER) else "leader-own"
    place = {"lon": float(things["lon"]), "lat": float(things["lat"]), "accuracy_m": 5}
    return {"fixes": [{"unit_id": things["unit_id"], "member_id": reported, "time": things["now"], **place}]}


def _units_file(things: Things, _: Principal) -> dict[str, Any]:
    text = f"code,name,site\nunit-new,新单元,{things['site_id']}\n"
    return {"files": {"file": ("units.csv", text.encode(), "text/csv")}}


def _hazard(things: Things, _: Principal) -> dict[str, Any]:
    place = {"lon": things["lon"], "lat": things["lat"], "accuracy_m": "5", "crs": "wgs84"}
    photo = ("photo.jpg", b"\xff\xd8\xff\xe0 some picture", "image/jpeg")
    return {"data": {"unit_id": things["unit_id"], "kind": "fire", **place}, "files": {"photo": photo}}


def _report(_: Things, __: Principal) -> Any:
    place = {"lon": 113.319, "lat": 23.1352, "crs": "wgs84"}
    return {"class": "public-order", "severity": "serious", "location": place}


def _log_in(things: Things, _: Principal) -> Any:
    return {"login": things["login"], "password": things["password"]}


def _newcomer(_: Things, __: Principal, name: str = "newcomer") -> Any:
    return {"account_id": name, "login": name, "name": "新人"}


def _first_administrators(things: Things, who: Principal) -> Any:
    offices = ("system_administrator", "security_administrator", "auditor")
    return {"token": "a" * 43, "path": who.path, **{name: _newcomer(things, who, name) for name in offices}}


def _right(things: Things, _: Principal) -> Any:
    return {"role": "member", "path": things["station_path"], "station_id": things["station"], "unit_id": "unit-own"}


COOKIE = Asked(request=lambda things, _: {"headers": {"Cookie": f"meu_session={things['session']}"}})


def _answer(**body: Any) -> Asked:
    """Offices answer for a unit that they heard on the radio."""
    return _json(lambda _, who: {**body, "on_behalf": who.role in IN_OFFICES})


DAY = {"from": "2026-03-02", "to": "2026-03-03"}

ASKED: dict[str, list[Asked]] = {
    "GET /checkin/v1/stations": [Asked(lists="station")],
    "GET /checkin/v1/units": [
        Asked(lists="unit_id"),
        Asked(lists="unit_id", request=_query(duty="off")),
        Asked(cell="subtree", request=_query(station="{station}")),
    ],
    "GET /checkin/v1/duty-board": [Asked(lists="unit_id"), Asked(request=_query(station="{station}"))],
    "GET /checkin/v1/posts/{post_id}/qr.svg": [
        Asked(),
        Asked(forbidden=(Role.DISPLAY,), request=_query(**{"for": "print"})),
    ],
    "GET /checkin/v1/names": [
        Asked(lists="account_id", request=_query(id="{account_id}")),
        Asked(request=_query(id="{account_id}")),
    ],
    "POST /checkin/v1/check-ins": [_json(_check_in)],
    "POST /checkin/v1/check-outs": [_json(lambda things, _: {"unit_id": things["unit_id"]})],
    "POST /checkin/v1/positions": [_json(_fix)],
    "POST /checkin/v1/hazards": [Asked(request=_hazard)],
    "GET /checkin/v1/hazards": [
        Asked(lists="hazard_id"),
        Asked(cell="subtree", request=_query(station="{station}")),
    ],
    "POST /checkin/v1/hazards/{hazard_id}/rectify": [_json(lambda _, __: {"note": "已清理"})],
    "POST /checkin/v1/hazards/{hazard_id}/verify": [
        Asked(path={"hazard_id": "{rectified_id}"}, request=lambda _, __: {"json": {}})
    ],
    "POST /checkin/v1/imports/{kind}": [Asked(path={"kind": "units"}, request=_units_file)],
    "POST /checkin/v1/sessions": [_json(_log_in)],
    "POST /checkin/v1/sessions/refresh": [COOKIE],
    "DELETE /checkin/v1/sessions/current": [COOKIE, Asked()],
    "GET /checkin/v1/sessions/oidc": [Asked(comes_to="no-provider")],
    "GET /checkin/v1/sessions/oidc/callback": [Asked(comes_to="no-provider")],
    "POST /checkin/v1/first-administrators": [
        Asked(request=lambda things, who: {"json": _first_administrators(things, who)}, comes_to="link-invalid")
    ],
    "GET /checkin/v1/accounts": [Asked(lists="account_id")],
    "POST /checkin/v1/accounts": [_json(_newcomer)],
    "PUT /checkin/v1/accounts/{account_id}/right": [_json(_right)],
    "POST /dispatch/v1/incidents": [_json(_report)],
    "GET /dispatch/v1/incidents": [
        Asked(lists="incident_id"),
        Asked(cell="subtree", request=_query(station="{station}")),
    ],
    "POST /dispatch/v1/incidents/{incident_id}/sightings": [_json(lambda _, __: {"note": "在地铁口"})],
    "POST /dispatch/v1/incidents/{incident_id}/orders/{order_id}/acknowledge": [_answer()],
    "POST /dispatch/v1/incidents/{incident_id}/orders/{order_id}/decline": [_answer()],
    "POST /dispatch/v1/incidents/{incident_id}/orders/{order_id}/arrive": [_answer(manual=True)],
    "POST /dispatch/v1/incidents/{incident_id}/handover": [_json(lambda _, __: {})],
    "POST /dispatch/v1/incidents/{incident_id}/escalate": [_json(lambda _, __: {"reason": "worse"})],
    "POST /dispatch/v1/incidents/{incident_id}/clear": [_json(lambda _, __: {})],
    "POST /dispatch/v1/incidents/{incident_id}/cancel": [_json(lambda _, __: {"reason": "double"})],
    "POST /dispatch/v1/incidents/{incident_id}/orders": [_json(lambda _, __: {"unit_id": "unit-next"})],
    "POST /dispatch/v1/incidents/{incident_id}/orders/{order_id}/withdraw": [_json(lambda _, __: {"reason": "unsafe"})],
    "POST /dispatch/v1/proposals": [_json(_report)],
    "GET /dispatch/v1/map/units": [Asked(lists="unit_id")],
    "GET /dispatch/v1/stream": [
        Asked(lists="incident_id", request=_query(after="{beginning}")),
        Asked(lists="unit_id", forbidden=(Role.LEADER, Role.MEMBER), request=_query(view="113,23,114,24")),
    ],
    "GET /notify/v1/inbox": [Asked(lists="delivery_id")],
    "GET /notify/v1/deliveries": [Asked(request=_query(incident="{incident_id}"))],
    "GET /analytics/v1/figures": [
        Asked(lists="station", request=_query(**DAY, by="station")),
        Asked(request=_query(**DAY, station="{station}")),
    ],
    "GET /analytics/v1/audit": [
        Asked(lists="seen_id", request=_query(**DAY)),
        Asked(lists="seen_id", request=_query(**DAY, format="csv")),
    ],
}
