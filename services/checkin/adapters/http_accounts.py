"""Looking after accounts: two offices, neither of which can do it alone."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.checkin.adapters.http_account_models import AccountOut, account_out
from services.checkin.application.account_ports import AccountFilter, Accounts
from services.checkin.application.administer_accounts import AccountsDesk, Newcomer, OneTime
from services.checkin.domain.accounts import Account, Right
from shared.contracts.base import Id, Path
from shared.platform.web.document import PAGED
from shared.platform.web.paging import link_next, read_cursor
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal, current_principal, principal_with
from shared.ports import Clock
from shared.vocabulary.decisions import Refused
from shared.vocabulary.terms import Role

_STRICT = ConfigDict(extra="forbid")
_STATUS = {"account-unknown": 404, "account-taken": 409, "not-yours-to-give": 403, "link-invalid": 403}
PAGE_MAX = 200

Anybody = Annotated[Principal, Depends(current_principal)]
MakesAccounts = Annotated[Principal, Depends(principal_with(Role.SYSTEM_ADMINISTRATOR))]
GivesRights = Annotated[Principal, Depends(principal_with(Role.SECURITY_ADMINISTRATOR))]
SeesAccounts = Annotated[Principal, Depends(principal_with(Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR))]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class NewcomerIn(BaseModel):
    """Who gets an account. A registered person's `account_id` is the member's id."""

    model_config = _STRICT
    account_id: Id
    login: Annotated[str, Field(min_length=2, max_length=80, pattern=r"^[A-Za-z0-9._@-]+$")]
    name: Name


class RightIn(BaseModel):
    """What an account may do, and where."""

    model_config = _STRICT
    role: Role
    path: Path
    station_id: Id | None = None
    unit_id: Id | None = None


class FirstAdministratorsIn(BaseModel):
    """Three different people, who watch one another. `token` is the end of the link that the first start gave."""

    model_config = _STRICT
    token: Annotated[str, Field(min_length=20, max_length=100)]
    path: Path
    system_administrator: NewcomerIn
    security_administrator: NewcomerIn
    auditor: NewcomerIn


class OneTimeOut(BaseModel):
    """To be told to its owner, who replaces it at the first login. It is shown this once."""

    account: AccountOut
    one_time_password: str
    good_until: datetime


class AccountPage(BaseModel):
    """By id."""

    items: list[AccountOut]


def account_routes(desk: AccountsDesk, accounts: Accounts, clock: Clock) -> APIRouter:
    """`/me`, `/accounts` and what is below it, `/first-administrators`."""
    router = APIRouter(prefix="/checkin/v1", tags=["accounts"])

    @router.get("/me")
    async def me(caller: Anybody) -> AccountOut:
        """The caller's own account. 404: the token was issued without one."""
        account = await accounts.find(caller.subject)
        if account is None:
            raise Problem(404, "account-unknown")
        return account_out(account)

    @router.get("/accounts", responses=PAGED)
    async def listing(
        request: Request,
        response: Response,
        caller: SeesAccounts,
        text: Annotated[
            str,
            Query(
                max_length=80,
                pattern=r"^[^\x00-\x1f]*$",
                description="The beginning of a login or of an id, or a unit's id. Names are sealed, and not searched.",
            ),
        ] = "",
        without_right: Annotated[bool, Query(description="only those that may do nothing yet")] = False,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
    ) -> AccountPage:
        """Accounts of the caller's subtree, and those without a right, by id."""
        wanted = AccountFilter(caller.path, text.strip(), without_right)
        found = await accounts.page(wanted, read_cursor(cursor) or "", limit + 1)
        link_next(request, response, found[limit - 1].account_id if len(found) > limit else None)
        return AccountPage(items=[account_out(account) for account in found[:limit]])

    @router.post("/accounts", status_code=201)
    async def add(body: NewcomerIn, caller: MakesAccounts, response: Response) -> OneTimeOut:
        """Make an account; it may do nothing until a security administrator gives it a right."""
        response.headers["Cache-Control"] = "no-store"
        return _one_time(await desk.add(_own(caller), _newcomer(body), clock.now()))

    @router.post("/accounts/{account_id}/password", status_code=201)
    async def give_password(account_id: Id, caller: MakesAccounts, response: Response) -> OneTimeOut:
        """A one-time password in place of a forgotten one. The second factor stays as it is."""
        await _seen(accounts, caller, account_id)
        response.headers["Cache-Control"] = "no-store"
        return _one_time(await desk.give_password(_own(caller), account_id, clock.now()))

    @router.put("/accounts/{account_id}/right", status_code=204)
    async def give_right(account_id: Id, body: RightIn, caller: GivesRights) -> None:
        """Say what the account may do. Who is logged in gets the new right within ten minutes."""
        await _seen(accounts, caller, account_id)
        right = Right(body.role, body.path, body.station_id, body.unit_id)
        _done(await desk.give_right(_own(caller), account_id, right))

    @router.delete("/accounts/{account_id}/right", status_code=204)
    async def take_right(account_id: Id, caller: GivesRights) -> None:
        """The account may do nothing any more, within ten minutes."""
        await _seen(accounts, caller, account_id)
        _done(await desk.give_right(_own(caller), account_id, None))

    @router.delete("/accounts/{account_id}/second-factor", status_code=204)
    async def forget_second_factor(account_id: Id, caller: GivesRights) -> None:
        """After a lost telephone: the next login enrols another one."""
        await _seen(accounts, caller, account_id)
        _done(await desk.forget_second_factor(_own(caller), account_id))

    @router.post("/first-administrators", status_code=201)
    async def begin(body: FirstAdministratorsIn, response: Response) -> list[OneTimeOut]:
        """The first three administrators of a new city, by the link that the first start prints. It works once."""
        response.headers["Cache-Control"] = "no-store"
        three = {
            Role.SYSTEM_ADMINISTRATOR: _newcomer(body.system_administrator),
            Role.SECURITY_ADMINISTRATOR: _newcomer(body.security_administrator),
            Role.AUDITOR: _newcomer(body.auditor),
        }
        made = await desk.begin(body.token, body.path, three, clock.now())
        if isinstance(made, Refused):
            raise _problem(made)
        return [_one_time(one) for one in made]

    del me, listing, add, give_password, give_right, take_right, forget_second_factor, begin  # registered
    return router


async def _seen(accounts: Accounts, caller: Principal, account_id: str) -> None:
    """Raises 404 for an account of another part of the tree, as for none."""
    account = await accounts.find(account_id)
    if account is None or (account.right is not None and not caller.may_see(account.right.path)):
        raise Problem(404, "account-unknown")


def _own(caller: Principal) -> Account:
    right = Right(caller.role, caller.path, caller.station_id, caller.unit_id)
    return Account(caller.subject, "", "", right)


def _newcomer(body: NewcomerIn) -> Newcomer:
    return Newcomer(body.account_id, body.login, body.name)


def _one_time(made: OneTime | Refused) -> OneTimeOut:
    if isinstance(made, Refused):
        raise _problem(made)
    return OneTimeOut(account=account_out(made.account), one_time_password=made.password, good_until=made.until)


def _done(refused: Refused | None) -> None:
    if refused is not None:
        raise _problem(refused)


def _problem(refused: Refused) -> Problem:
    return Problem(_STATUS.get(refused.code, 422), refused.code, refused.detail)
