"""A member's own inbox over HTTP."""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.notify.adapters.redis_bell import InboxBell
from services.notify.application.views import Inbox, InboxItem
from shared.contracts.base import Id
from shared.contracts.delivery import AcknowledgeDelivery
from shared.platform.commands import CommandGateway
from shared.platform.web.api import command_id, correlation_id, pending_response, refused
from shared.platform.web.document import LATER, PAGED, Answers, header
from shared.platform.web.paging import link_next, read_cursor
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal, principal_with
from shared.vocabulary.terms import ChannelKind, Lane, Role

WAIT_MAX_S = 25
NOTHING_NEW: Answers = {304: {"description": "Nothing new", "headers": {"ETag": header("As given.")}}}

Caller = Annotated[Principal, Depends(principal_with(Role.OPERATOR, Role.OFFICER, Role.LEADER, Role.MEMBER))]


class InboxPage(BaseModel):
    """Newest first."""

    items: list[InboxItem]


class Acknowledged(BaseModel):
    """The acknowledgement is durable and counts."""

    id: str
    acknowledged: bool = True


def inbox_router(inbox: Inbox, bell: InboxBell, gateways: Mapping[Lane, CommandGateway]) -> APIRouter:
    """`GET /notify/v1/inbox` and `POST /notify/v1/inbox/{id}/acknowledge`."""
    router = APIRouter(tags=["inbox"])

    @router.get("/notify/v1/inbox", response_model=InboxPage, responses={**PAGED, **NOTHING_NEW})
    async def read_inbox(
        request: Request,
        caller: Caller,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        wait: Annotated[float, Query(ge=0, le=WAIT_MAX_S, description="Seconds to wait for something new.")] = 0,
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        """The caller's messages. With `wait`: as soon as there is something that `If-None-Match` does not know.

        Without that header, as soon as there is any message. 304 when nothing came.
        """
        after = read_cursor(cursor)
        with bell.listen(caller.subject) as rung:
            deadline = asyncio.get_running_loop().time() + wait
            while True:
                rung.clear()
                response, is_empty = await _read(request, inbox, caller.subject, after, limit)
                is_known = response.headers["ETag"] == if_none_match
                left_s = deadline - asyncio.get_running_loop().time()
                if left_s <= 0 or not (is_known or (is_empty and if_none_match is None)):
                    return (
                        Response(status_code=304, headers={"ETag": response.headers["ETag"]}) if is_known else response
                    )
                await _heard(rung, left_s)

    @router.post(
        "/notify/v1/inbox/{delivery_id}/acknowledge",
        response_model=Acknowledged,
        responses=LATER,
    )
    async def acknowledge(request: Request, caller: Caller, delivery_id: Id) -> Acknowledged | Response:
        """The caller has read it: nothing more of it is sent to them."""
        plan = await inbox.find(caller.subject, delivery_id)
        if plan is None:
            if not await inbox.knows(delivery_id) and any([await g.is_lost(delivery_id) for g in gateways.values()]):
                raise Problem(503, "unavailable", "inboxes are being rebuilt", headers={"Retry-After": "1"})
            raise Problem(404, "not-found")
        body = AcknowledgeDelivery(delivery_id=delivery_id, member_id=caller.subject, via=ChannelKind.INBOX)
        outcome = await gateways[plan.lane].submit(
            delivery_id, body, command_id=command_id(request), correlation_id=correlation_id(), drill=plan.drill
        )
        if outcome.status == "refused":
            raise refused(outcome)
        return pending_response("notify", outcome) if outcome.status == "pending" else Acknowledged(id=delivery_id)

    del read_inbox, acknowledge  # registered
    return router


async def _read(request: Request, inbox: Inbox, member_id: str, after: str | None, limit: int) -> tuple[Response, bool]:
    items, more = await inbox.page(member_id, after, limit)
    body = InboxPage(items=list(items)).model_dump(mode="json")
    response = JSONResponse(body, headers={"Cache-Control": "private, no-store"})
    response.headers["ETag"] = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    link_next(request, response, more)
    return response, not items


async def _heard(rung: asyncio.Event, within_s: float) -> None:
    try:
        async with asyncio.timeout(within_s):
            await rung.wait()
    except TimeoutError:
        return
