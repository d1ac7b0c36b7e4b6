"""What became of an incident's notices, for officers and operators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from services.notify.application.views import Deliveries, DeliveryView
from shared.contracts.base import Id
from shared.platform.web.document import PAGED
from shared.platform.web.paging import link_next, read_cursor
from shared.platform.web.tokens import Principal, principal_with
from shared.vocabulary.terms import Role

Overseer = Annotated[Principal, Depends(principal_with(Role.OPERATOR, Role.OFFICER))]


class DeliveriesPage(BaseModel):
    """Oldest first. No texts and no addresses."""

    items: list[DeliveryView]


def deliveries_router(deliveries: Deliveries) -> APIRouter:
    """`GET /notify/v1/deliveries?incident=`."""
    router = APIRouter(tags=["deliveries"])

    @router.get("/notify/v1/deliveries", responses=PAGED)
    async def read_deliveries(
        request: Request,
        response: Response,
        caller: Overseer,
        incident: Id,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=50)] = 20,
    ) -> DeliveriesPage:
        """Each recipient's fate: state, channel, latency, gaps. Only of stations in the caller's subtree."""
        found, more = await deliveries.of_incident(incident, caller.path, read_cursor(cursor), limit)
        link_next(request, response, more)
        return DeliveriesPage(items=list(found))

    del read_deliveries  # registered
    return router
