"""The names of those who acted, for who may know them."""

from collections.abc import Iterator, Sequence

from services.checkin.application.account_ports import Accounts
from services.checkin.application.ports import Registry
from services.checkin.domain.accounts import Account
from services.checkin.domain.people import Person, as_told


async def people_told(ids: Sequence[str], subtree: str, registry: Registry, accounts: Accounts) -> list[Person]:
    """Those of `ids` whom whoever looks after `subtree` may know, in the order of `ids`.

    An id may be both an account's and a registered person's, who are then the same: what the account may do is what
    they acted as. Of somebody whose right was taken, or who never had an account, the registry still knows the name.
    """
    found = [*await registry.people(ids), *_with_right(await accounts.find_all(ids))]
    told = {person.id: person for each in found if (person := as_told(each, subtree)) is not None}
    return [told[id_] for id_ in ids if id_ in told]


def _with_right(accounts: Sequence[Account]) -> Iterator[Person]:
    for account in accounts:
        if (right := account.right) is not None:
            yield Person(account.account_id, account.name, right.role, right.path, right.unit_id, right.station_id)
