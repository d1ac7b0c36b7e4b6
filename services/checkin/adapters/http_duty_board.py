"""The duty board."""

from datetime import datetime, tzinfo
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.checkin.adapters.http_registry_ready import registry_is_read
from services.checkin.adapters.http_units import subtree_of
from services.checkin.application.directory import Directory
from services.checkin.application.duty_board import (
    MISSING_SHOWN,
    SHORTFALLS_SHOWN,
    Shortfall,
    StationBoard,
    Why,
    duty_board,
)
from services.checkin.application.ports import DutyBook, Registry
from shared.contracts.base import Id
from shared.platform.web.audited import audited
from shared.platform.web.tokens import Principal, principal_with
from shared.ports import Clock
from shared.vocabulary.terms import Role, SiteClass

Watcher = Annotated[Principal, Depends(principal_with(Role.OPERATOR, Role.OFFICER))]


class OnDutyOut(BaseModel):
    """Somebody who is there. Names are masked."""

    model_config = ConfigDict(from_attributes=True)
    member_id: str
    name: str
    post_id: str
    post_name: str
    until: datetime


class MissingOut(BaseModel):
    """Somebody who should be there. Names are masked. `post_id`: where the roster expects them, if it says so."""

    model_config = ConfigDict(from_attributes=True)
    member_id: str
    name: str
    post_id: str | None
    post_name: str


class ShortfallOut(BaseModel):
    """A unit without its quorum."""

    unit_id: str
    name: str
    site_class: SiteClass = Field(serialization_alias="class")
    quorum: int
    on_duty: list[OnDutyOut]
    missing: list[MissingOut] = Field(description=f"At most {MISSING_SHOWN}.")
    missing_total: int
    rostered: bool = Field(description="The missing are those whom the roster expects now; else every member.")
    why: Why


class StationOut(BaseModel):
    """Units of one station by their duty, and the people on duty in them."""

    station_id: str
    name: str
    path: str
    units: int
    on: int
    short: int
    off: int
    people_on: int
    shortfalls: list[ShortfallOut]


class BoardOut(BaseModel):
    """Stations by path. Shortfalls: the gravest first, nobody at a class A site before anything else."""

    at: datetime
    items: list[StationOut]
    shortfalls_total: int
    shortfalls_shown: int = Field(description=f"At most {SHORTFALLS_SHOWN}, of all stations together.")


def duty_board_routes(
    directory: Directory, book: DutyBook, registry: Registry, clock: Clock, zone: tzinfo
) -> APIRouter:
    """`/duty-board`. `zone`: the city's, in which rosters are kept."""
    ready = Depends(registry_is_read(directory))
    router = APIRouter(prefix="/checkin/v1", tags=["duty"], dependencies=[ready])

    @router.get("/duty-board", response_model=BoardOut)
    async def board(
        caller: Watcher,
        request: Request,
        response: Response,
        station: Annotated[Id | None, Query(description="a node of the tree: its whole subtree")] = None,
    ) -> BoardOut:
        """Who is on, who is missing, and which units have no quorum and why, station by station."""
        now = clock.now()
        await audited(request, "duty-board-seen", station or caller.path)
        subtree = subtree_of(directory, caller, station)
        found = await duty_board(subtree, now.astimezone(zone), directory, book, registry)
        items = [_station(each) for each in found.stations]
        response.headers["Cache-Control"] = "no-store"
        return BoardOut(
            at=now,
            items=items,
            shortfalls_total=found.shortfalls_total,
            shortfalls_shown=sum(len(item.shortfalls) for item in items),
        )

    del board  # registered
    return router


def _station(board: StationBoard) -> StationOut:
    return StationOut(
        station_id=board.station.station_id,
        name=board.station.name,
        path=board.station.path,
        units=board.units,
        on=board.on,
        short=board.short,
        off=board.off,
        people_on=board.people_on,
        shortfalls=[_shortfall(each) for each in board.shortfalls],
    )


def _shortfall(shortfall: Shortfall) -> ShortfallOut:
    return ShortfallOut(
        unit_id=shortfall.unit.unit_id,
        name=shortfall.unit.name,
        site_class=shortfall.unit.site_class,
        quorum=shortfall.unit.quorum,
        on_duty=[OnDutyOut.model_validate(each) for each in shortfall.on_duty],
        missing=[MissingOut.model_validate(each) for each in shortfall.missing],
        missing_total=shortfall.missing_total,
        rostered=shortfall.rostered,
        why=shortfall.why,
    )
