"""The names of those whom events name by their ids."""

from collections.abc import Iterator, Sequence
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
        told = await people_told(list(dict.fromkeys(ids)), caller.path, registry, accounts)
        for about in _runs([person.id for person in told]):
            await audited(request, "names-seen", about)
        response.headers["Cache-Control"] = "no-store"
        return NamesOut(items=[NameOut.model_validate(person) for person in told])

    del names  # registered
    return router


def _runs(ids: Sequence[str]) -> Iterator[str]:
    """All of the ids, in as many texts as records of the audit are needed to hold them."""
    run = ""
    for each in ids:
        if run and len(run) + 1 + len(each) > ABOUT_MAX:
            yield run
            run = ""
        run = f"{run} {each}".lstrip()
    if run:
        yield run
