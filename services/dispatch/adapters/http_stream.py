"""Route: incidents' events as they happen, and the units in view as they move (server-sent events)."""

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, nullcontext
from math import inf
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from services.dispatch.adapters.http_access import IN_OFFICES, AnyActor
from services.dispatch.adapters.http_map import require_complete
from services.dispatch.adapters.incident_tail import (
    FellBehind,
    IncidentTail,
    Listener,
    PositionInvalid,
    format_position,
    parse_position,
)
from services.dispatch.adapters.map_frames import Watcher
from services.dispatch.application.map_sight import Sight
from services.dispatch.application.unit_map import UnitMap
from shared.contracts.topics import INCIDENTS
from shared.platform.records import Received
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal
from shared.ports import Clock
from shared.vocabulary.boxes import BoxInvalid, parse_box
from shared.vocabulary.terms import Role

HEARTBEAT_S = 15.0
RETRY_MS = 2000
VIEW = r"^-?\d{1,3}(\.\d{1,15})?(,-?\d{1,3}(\.\d{1,15})?){3}$"


def stream_routes(tail: IncidentTail, units: UnitMap, clock: Clock, heartbeat_s: float = HEARTBEAT_S) -> APIRouter:
    """`GET /dispatch/v1/stream`."""
    router = APIRouter(prefix="/dispatch/v1")

    @router.get("/stream", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
    async def stream(
        principal: AnyActor,
        last_event_id: Annotated[str | None, Header()] = None,
        after: Annotated[str | None, Query(description="As Last-Event-ID, for clients that cannot set it.")] = None,
        view: Annotated[
            str | None, Query(pattern=VIEW, description="west,south,east,north in degrees: with the units there.")
        ] = None,
    ) -> StreamingResponse:
        """What the caller may see, from now on or from where `Last-Event-ID` left off.

        With a `view` (operators and officers) first an event `units` with all units in it, then at most two a second
        with those that changed; columns as in `GET /dispatch/v1/map/units`. Ends with the event `token-expired` when
        the caller's token does: to be resumed under a fresh one.
        """
        position = _position(last_event_id or after)
        watcher = None if view is None else _watcher(units, principal, view)
        return StreamingResponse(
            _frames(tail, Caller(principal, clock), position, watcher, heartbeat_s),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    del stream  # registered
    return router


def concerns(principal: Principal, item: Received) -> bool:
    """Operators: their subtree; officers: that, and their lent units' orders; units: their own orders."""
    body: Any = item.body
    match principal.role:
        case Role.OPERATOR:
            return principal.may_see(body.path)
        case Role.OFFICER:
            lent = getattr(body, "assignee_station_id", None) == principal.station_id
            return principal.may_see(body.path) or (lent and principal.station_id is not None)
        case Role.LEADER | Role.MEMBER:
            return principal.unit_id is not None and getattr(body, "assignee_id", None) == principal.unit_id
        case _:
            return False


def _position(text: str | None) -> dict[int, int] | None:
    if not text:
        return None
    try:
        return parse_position(text, INCIDENTS.partitions)
    except PositionInvalid as error:
        raise Problem(422, "invalid", "not an id of this stream", field="Last-Event-ID") from error


def _watcher(units: UnitMap, principal: Principal, view: str) -> Watcher:
    if principal.role not in IN_OFFICES:
        raise Problem(403, "forbidden", "the map is for operators and officers", field="view")
    try:
        sight = Sight(principal.path, parse_box(view))
    except BoxInvalid as error:
        raise Problem(422, "invalid", str(error), field="view") from error
    require_complete(units)
    return Watcher(units, sight)


class Caller:
    """Who listens, for as long as its token is good."""

    def __init__(self, principal: Principal, clock: Clock) -> None:
        self.principal = principal
        self._clock = clock

    def seconds_left(self) -> float:
        """Until the token ends; not more than 0 once it has."""
        if self.principal.expires_at is None:
            return inf
        return (self.principal.expires_at - self._clock.now()).total_seconds()


async def _frames(
    tail: IncidentTail, caller: Caller, position: dict[int, int] | None, watcher: Watcher | None, heartbeat_s: float
) -> AsyncIterator[str]:
    with tail.listen() as listener, watcher.woken_by(listener.wake) if watcher else nullcontext():
        here = dict(position or listener.start)
        # The id of the beginning, so that who is cut off before the first event misses nothing either.
        yield f"retry: {RETRY_MS}\nid: {format_position(here)}\n\n"
        if watcher is not None:
            yield watcher.snapshot()
        said_at = time.monotonic()
        async with aclosing(_all_since(tail, listener, dict(here), caller, heartbeat_s)) as items:
            async for item in items:
                frame = None
                if item is not None:
                    here[item.record.partition] = item.record.offset + 1
                    frame = _frame(item, here) if concerns(caller.principal, item) else None
                elif watcher is not None:
                    frame = watcher.news()
                if frame is None and time.monotonic() - said_at >= heartbeat_s * 0.95:  # a timer may be early
                    # With the id: who resumes need not be given again what was not for them.
                    frame = f": still here\nid: {format_position(here)}\n\n"
                if frame is not None:
                    yield frame
                    said_at = time.monotonic()
        if caller.seconds_left() <= 0:
            yield f"id: {format_position(here)}\nevent: token-expired\ndata: {{}}\n\n"


async def _all_since(
    tail: IncidentTail, listener: Listener, start: dict[int, int], caller: Caller, heartbeat_s: float
) -> AsyncGenerator[Received | None]:
    """Each event from `start` on, once; None when there was none for a heartbeat, or something else to look at.

    Ends when the listener has fallen behind, or with the caller's token.
    """
    async with aclosing(tail.between(start, listener.start)) as missed:
        async for item in missed:
            if caller.seconds_left() <= 0:
                return
            yield item
    while (left_s := caller.seconds_left()) > 0:
        try:
            item = await listener.next(min(heartbeat_s, left_s))
        except FellBehind:
            return
        is_new = item is None or item.record.offset >= start.get(item.record.partition, 0)
        if is_new and caller.seconds_left() > 0:
            yield item


def _frame(item: Received, here: dict[int, int]) -> str:
    assert item.body is not None
    envelope = item.envelope
    data = {
        "id": envelope.id,
        "type": envelope.type,
        "incident_id": envelope.subject,
        "sequence": envelope.sequence,
        "time": envelope.time.isoformat(),
        "data": item.body.model_dump(mode="json"),
    }
    name = type(item.body).ce_type().split(".")[-2]
    return f"id: {format_position(here)}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
