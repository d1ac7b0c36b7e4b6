"""The names of those whom events name by their ids."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from services.checkin.application.account_ports import Accounts
from services.checkin.application.name_people import people_told
from services.checkin.application.ports import Registry
from shared.contracts.base import Id
from shared.platform.web.audited import audited
from shared.platform.web.tokens import Principal, principal_with
from shared.vocabulary.terms import Role

IDS_MAX = 50
ABOUT_MAX = 200
"""What an audit record holds."""

Dispatcher = Annotated[Principal, Depends(principal_with(Role.OPERATOR, Role.OFFICER))]


class NameOut(BaseModel):
    """Somebody who acted. The name of a unit's leader or member is masked."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str
    role: Role
    unit_id: str | None
    station_id: str | None


class NamesOut(BaseModel):
    """In the order in which they were asked for."""

    items: list[NameOut]


def name_routes(registry: Registry, accounts: Accounts) -> APIRouter:
    """`/names`."""
    router = APIRouter(prefix="/checkin/v1", tags=["registry"])

    @router.get("/names")
    async def names(
        caller: Dispatcher,
        request: Request,
        response: Response,
        ids: Annotated[
            list[Id], Query(alias="id", min_length=1, max_length=IDS_MAX, description="of accounts or members")
        ],
    ) -> NamesOut:
        """Who they are: people of the caller's subtree, and the operators and officers above it.

        Whoever else is asked for is missing, whether there is somebody of that id or not.
        """
        wanted = list(dict.fromkeys(ids))
        await audited(request, "names-seen", _about(wanted))
        response.headers["Cache-Control"] = "no-store"
        told = await people_told(wanted, caller.path, registry, accounts)
        return NamesOut(items=[NameOut.model_validate(person) for person in told])

    del names  # registered
    return router


def _about(ids: Sequence[str]) -> str:
    """As many of the ids as an audit record holds, and how many more there were."""

    def about(count: int) -> str:
        return " ".join(ids if count == len(ids) else [*ids[:count], f"+{len(ids) - count}"])

    return next(text for count in range(len(ids), 0, -1) if len(text := about(count)) <= ABOUT_MAX)
