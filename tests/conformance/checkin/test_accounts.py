"""What every store of accounts, sessions and tries promises."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.checkin.adapters.seal import Seal
from services.checkin.adapters.sql_accounts import SqlAccounts
from services.checkin.adapters.sql_engine import create_engine, migrate
from services.checkin.adapters.sql_sessions import SqlLoginTries, SqlSessions
from services.checkin.application.account_ports import AccountFilter, Session, Taken
from services.checkin.domain.accounts import WAIT_MAX, Account, Credentials, Right
from shared.vocabulary.terms import Role
from tests.conformance.checkin.conftest import KEY, empty_database
from tests.conformance.checkin.memory_accounts import MemoryAccounts, MemorySessions, MemoryTries

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STATION = "/440100/440106/440106001"
OFFICER = Account("o-1", "chen", "陈明", Right(Role.OFFICER, STATION, station_id="440106001"))
NEWCOMER = Account("m-9", "li", "李华", None)
KNOWN = Credentials("argon2-hash", None, code_secret="SECRET", code_confirmed=True, code_step=7)
GIVEN = Credentials("argon2-hash-2", NOW + timedelta(days=7))


@dataclass
class Stores:
    accounts: Any
    sessions: Any
    tries: Any


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Stores]:
    if request.param == "memory":
        yield Stores(MemoryAccounts(), MemorySessions(), MemoryTries())
        return
    engine = create_engine(await empty_database(request, tmp_path))
    await migrate(engine)
    yield Stores(SqlAccounts(engine, Seal(KEY)), SqlSessions(engine), SqlLoginTries(engine))
    await engine.dispose()


async def test_an_account_is_found_as_it_was_added(stores: Stores) -> None:
    await stores.accounts.add(OFFICER, KNOWN)
    await stores.accounts.add(NEWCOMER, GIVEN)
    assert await stores.accounts.find("o-1") == OFFICER
    assert await stores.accounts.find_login("CHEN") == (OFFICER, KNOWN)
    assert await stores.accounts.find_login("li") == (NEWCOMER, GIVEN)
    assert await stores.accounts.find("nobody") is None
    assert await stores.accounts.find_login("nobody") is None


async def test_several_accounts_are_found_at_once(stores: Stores) -> None:
    for account in (OFFICER, NEWCOMER):
        await stores.accounts.add(account, GIVEN)
    found = await stores.accounts.find_all(["o-1", "nobody", "m-9", "o-1"])
    assert sorted(found, key=lambda account: account.account_id) == [NEWCOMER, OFFICER]
    assert not await stores.accounts.find_all([])


@pytest.mark.parametrize("other", [replace(OFFICER, login="other"), replace(OFFICER, account_id="o-2", login="Chen")])
async def test_neither_an_id_nor_a_login_is_given_twice(stores: Stores, other: Account) -> None:
    await stores.accounts.add(OFFICER, KNOWN)
    with pytest.raises(Taken):
        await stores.accounts.add(other, GIVEN)
    assert await stores.accounts.find_login("chen") == (OFFICER, KNOWN)


async def test_pages_hold_the_subtree_and_who_has_no_right(stores: Stores) -> None:
    lookalike = Account("x-1", "zhao", "赵", Right(Role.OFFICER, STATION + "0"))
    for account in (OFFICER, NEWCOMER, lookalike):
        await stores.accounts.add(account, GIVEN)
    assert await stores.accounts.page(AccountFilter(STATION), "", 10) == [NEWCOMER, OFFICER]
    assert await stores.accounts.page(AccountFilter("/440100"), "m-9", 1) == [OFFICER]
    assert await stores.accounts.page(AccountFilter("/440100/440106"), "o-1", 10) == [lookalike]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["M-1", "m-9", "o-1"]),
        ("che", ["o-1"]),
        ("CHE", ["o-1"]),
        ("m-", ["m-9"]),
        ("u-7", ["M-1"]),
        ("%", []),
        ("_-", []),
        ("陈", []),
    ],
)
async def test_accounts_are_found_by_how_their_login_or_id_begins_and_by_unit(
    stores: Stores, text: str, found: list[str]
) -> None:
    of_unit = Account("M-1", "wang", "陈%", Right(Role.MEMBER, STATION, unit_id="u-7"))
    for account in (OFFICER, NEWCOMER, of_unit):
        await stores.accounts.add(account, GIVEN)
    page = await stores.accounts.page(AccountFilter("/440100", text), "", 10)
    assert [account.account_id for account in page] == found


async def test_who_waits_for_a_right_is_found_alone(stores: Stores) -> None:
    for account in (OFFICER, NEWCOMER):
        await stores.accounts.add(account, GIVEN)
    assert await stores.accounts.page(AccountFilter("/440100", only_without_right=True), "", 10) == [NEWCOMER]


async def test_rights_and_credentials_change(stores: Stores) -> None:
    await stores.accounts.add(NEWCOMER, GIVEN)
    right = Right(Role.MEMBER, STATION, unit_id="u-1")
    await stores.accounts.set_right("m-9", right)
    await stores.accounts.set_credentials("m-9", KNOWN)
    assert await stores.accounts.find_login("li") == (replace(NEWCOMER, right=right), KNOWN)
    await stores.accounts.set_right("m-9", None)
    assert await stores.accounts.find("m-9") == NEWCOMER


async def test_a_code_counts_once(stores: Stores) -> None:
    await stores.accounts.add(OFFICER, KNOWN)
    assert [await stores.accounts.take_code_step("o-1", step) for step in (7, 8, 8, 6, 9)] == [
        False,
        True,
        False,
        False,
        True,
    ]


async def test_a_first_link_works_once_and_only_while_there_is_nobody(stores: Stores) -> None:
    accounts = stores.accounts
    for token, hours in (("one", 1), ("two", 24)):
        await accounts.offer(token, NOW + timedelta(hours=hours))
    later = NOW + timedelta(hours=2)
    assert not await accounts.redeem("none", later, [(OFFICER, GIVEN)])
    assert not await accounts.redeem("one", later, [(OFFICER, GIVEN)])
    assert not await accounts.are_there_any()
    assert await accounts.redeem("two", later, [(OFFICER, GIVEN), (NEWCOMER, GIVEN)])
    assert await accounts.find("m-9") == NEWCOMER
    await accounts.offer("three", NOW + timedelta(hours=24))
    assert not await accounts.redeem("three", later, [(replace(OFFICER, account_id="o-7", login="wu"), GIVEN)])


async def test_a_session_is_known_by_each_of_its_tokens(stores: Stores) -> None:
    await stores.accounts.add(OFFICER, KNOWN)
    session = Session("s-1", "o-1", NOW + timedelta(hours=12))
    await stores.sessions.begin(session, "first", NOW)
    await stores.sessions.rotate("s-1", "first", "second", NOW + timedelta(minutes=1))
    await stores.sessions.rotate("s-1", "first", "twin", NOW + timedelta(minutes=2))
    first, second = await stores.sessions.renewal("first"), await stores.sessions.renewal("second")
    assert (first.session, first.used_at, first.ended) == (session, NOW + timedelta(minutes=1), False)
    assert (second.session, second.used_at, second.ended) == (session, None, False)
    assert await stores.sessions.renewal("none") is None
    await stores.sessions.end("s-1")
    assert [(await stores.sessions.renewal(token)).ended for token in ("first", "second", "twin")] == [True] * 3


async def test_all_sessions_of_one_account_end_together(stores: Stores) -> None:
    for account in (OFFICER, NEWCOMER):
        await stores.accounts.add(account, KNOWN)
    for name, account_id in (("s-1", "o-1"), ("s-2", "o-1"), ("s-3", "m-9")):
        await stores.sessions.begin(Session(name, account_id, NOW + timedelta(hours=1)), name, NOW)
    await stores.sessions.end_all("o-1")
    assert [(await stores.sessions.renewal(name)).ended for name in ("s-1", "s-2", "s-3")] == [True, True, False]


async def test_past_sessions_are_forgotten_when_a_new_one_begins(stores: Stores) -> None:
    await stores.accounts.add(OFFICER, KNOWN)
    await stores.sessions.begin(Session("s-1", "o-1", NOW), "old", NOW - timedelta(hours=1))
    await stores.sessions.begin(Session("s-2", "o-1", NOW + timedelta(hours=2)), "new", NOW + timedelta(hours=1))
    found = await stores.sessions.renewal("old")
    assert found is None or found.session.until <= NOW
    assert not (await stores.sessions.renewal("new")).ended


async def test_after_five_tries_one_has_to_wait_longer_and_longer(stores: Stores) -> None:
    now, waits = NOW, []
    for _ in range(20):
        until = await stores.tries.take("Chen", now)
        if until is not None:
            waits.append((until - now).total_seconds())
            assert await stores.tries.take("chen", until - timedelta(milliseconds=1)) == until
            now = until
            assert await stores.tries.take("chen", now) is None
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == WAIT_MAX.total_seconds()
    assert await stores.tries.take("somebody else", now) is None
    await stores.tries.forget("CHEN")
    assert await stores.tries.take("chen", now) is None


async def test_a_try_that_was_no_guess_is_given_back(stores: Stores) -> None:
    for _ in range(20):
        assert await stores.tries.take("chen", NOW) is None
        await stores.tries.give_back("chen")
    await stores.tries.give_back("nobody")
    assert (await stores.tries.of("chen")).count == 0
