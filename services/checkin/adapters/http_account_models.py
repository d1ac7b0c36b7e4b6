"""What is said of accounts over HTTP."""

from pydantic import BaseModel

from services.checkin.domain.accounts import Account
from shared.vocabulary.terms import Role


class AccountOut(BaseModel):
    """An account; without a `role` it may do nothing yet."""

    account_id: str
    login: str
    name: str
    role: Role | None
    path: str | None
    station_id: str | None
    unit_id: str | None


def account_out(account: Account) -> AccountOut:
    """As callers see it."""
    right = account.right
    return AccountOut(
        account_id=account.account_id,
        login=account.login,
        name=account.name,
        role=None if right is None else right.role,
        path=None if right is None else right.path,
        station_id=None if right is None else right.station_id,
        unit_id=None if right is None else right.unit_id,
    )
