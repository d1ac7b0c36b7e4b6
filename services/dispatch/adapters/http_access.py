"""Who may see and do what. What somebody may not see is not there for them: 404."""

from typing import Annotated

from fastapi import Depends

from services.dispatch.adapters.http_models import LocationIn
from services.dispatch.domain.state import Reported
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal, principal_with
from shared.vocabulary.geography import Crs, Point, to_wgs84
from shared.vocabulary.terms import Role, SourceKind

ON_PHONES = (Role.LEADER, Role.MEMBER)
IN_OFFICES = (Role.OPERATOR, Role.OFFICER)
REPORTERS = (*IN_OFFICES, *ON_PHONES, Role.PARTNER)
ACTORS = (*IN_OFFICES, *ON_PHONES)

AnyReporter = Annotated[Principal, Depends(principal_with(*REPORTERS))]
AnyActor = Annotated[Principal, Depends(principal_with(*ACTORS))]
AnyOfficer = Annotated[Principal, Depends(principal_with(*IN_OFFICES))]


def may_see(principal: Principal, incident: Reported) -> bool:
    """Operators see their subtree, officers that and where a unit of theirs was ordered, units what they were ordered
    to or reported, partners what they reported.
    """
    match principal.role:
        case Role.OPERATOR:
            return principal.may_see(incident.path)
        case Role.OFFICER:
            lent = any(order.assignee_station_id == principal.station_id for order in incident.orders)
            return principal.may_see(incident.path) or lent
        case Role.LEADER | Role.MEMBER:
            reported = incident.source.kind is SourceKind.UNIT and incident.source.id == principal.unit_id
            return reported or any(order.assignee_id == principal.unit_id for order in incident.orders)
        case Role.PARTNER:
            return incident.source.kind is SourceKind.EXTERNAL and incident.source.id == principal.subject
        case Role.DISPLAY | Role.SYSTEM_ADMINISTRATOR | Role.SECURITY_ADMINISTRATOR | Role.AUDITOR:
            return False


def may_end(principal: Principal, incident: Reported) -> bool:
    """Whose incident it is: lending a unit gives no say in how it ends."""
    return principal.may_see(incident.path)


def may_answer_for(principal: Principal, incident: Reported, order_id: str) -> bool:
    """Who heard it on the radio: whose incident it is, and who lent the unit."""
    if principal.role not in IN_OFFICES:
        return False
    order = incident.order(order_id)
    lent = order is not None and order.assignee_station_id == principal.station_id
    return may_end(principal, incident) or lent


def place_of(principal: Principal, location: LocationIn, field: str = "location") -> Point:
    """The place in WGS-84. Raises 422 `crs-required`: a phone must declare its reference system."""
    if location.crs is None and principal.role in ON_PHONES:
        raise Problem(422, "crs-required", "wgs84 or gcj02", field=f"{field}.crs")
    return to_wgs84(location.lon, location.lat, location.crs or Crs.WGS84)
