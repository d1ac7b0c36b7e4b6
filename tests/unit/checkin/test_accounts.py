"""The rules of accounts: when one may try, which password will do, who gives which right."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.checkin.domain.accounts import (
    WAIT_MAX,
    Account,
    Right,
    Tries,
    fault_of_grant,
    fault_of_password,
    may_try_at,
)
from shared.vocabulary.organisation import within
from shared.vocabulary.terms import OF_ADMINISTRATION, Role

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CITY, DISTRICT, OTHER = "/440100", "/440100/440106", "/440100/440105"
PATHS = st.sampled_from([CITY, DISTRICT, f"{DISTRICT}/440106001", OTHER, "/4401001"])
RIGHTS = st.builds(Right, st.sampled_from(Role), PATHS, st.just("s-1"), st.just("u-1"))
ACCOUNTS = st.builds(Account, st.sampled_from(["a", "b", "c"]), st.just("x"), st.just("X"), st.none() | RIGHTS)


def account(name: str, role: Role | None, path: str = CITY) -> Account:
    return Account(name, name, name, None if role is None else Right(role, path, unit_id="u-1"))


GUARD = account("guard", Role.SECURITY_ADMINISTRATOR)


@pytest.mark.parametrize(("count", "wait_s"), [(5, 2), (6, 4), (7, 8), (13, 512), (14, 900), (10_000, 900)])
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(count: int, wait_s: int) -> None:
    assert may_try_at(Tries(count, NOW)) == NOW + timedelta(seconds=wait_s)


@pytest.mark.parametrize("count", range(5))
def test_five_tries_are_free(count: int) -> None:
    assert may_try_at(None) is None
    assert may_try_at(Tries(count, NOW)) is None


@given(st.integers(min_value=0, max_value=10**9))
def test_nobody_is_locked_out_for_good(count: int) -> None:
    until = may_try_at(Tries(count, NOW))
    assert until is None or until <= NOW + WAIT_MAX


@pytest.mark.parametrize(
    ("password", "role", "good"),
    [
        ("correct horse battery", Role.OFFICER, True),
        ("长安街派出所值班2026", Role.OFFICER, True),
        ("Tr0ub4dor&3", Role.OFFICER, False),  # eleven characters
        ("abcdefghijklmnop", Role.OFFICER, False),  # one kind
        ("aB1aB1aB1aB1aB1", Role.OFFICER, False),  # three characters over and over
        ("CHEN-is-my-login", Role.OFFICER, False),
        ("x" * 60 + "Y" * 69, Role.OFFICER, False),
        ("haizhu86", Role.MEMBER, True),
        ("haizhu8", Role.MEMBER, False),
    ],
)
def test_length_counts_most(password: str, role: Role, good: bool) -> None:
    fault = fault_of_password(password, "chen", role)
    assert (fault is None) is good
    assert fault is None or fault.code == "password-weak"


@pytest.mark.parametrize(
    ("giver", "to", "right", "code"),
    [
        (GUARD, account("new", None), Right(Role.OFFICER, DISTRICT), None),
        (GUARD, account("new", None), Right(Role.AUDITOR, CITY), None),
        (GUARD, account("other", Role.SECURITY_ADMINISTRATOR), None, None),
        (GUARD, account("officer", Role.OFFICER, DISTRICT), Right(Role.OPERATOR, CITY), None),
        (GUARD, GUARD, Right(Role.OPERATOR, CITY), "not-yours-to-give"),
        (
            account("sys", Role.SYSTEM_ADMINISTRATOR),
            account("new", None),
            Right(Role.OFFICER, CITY),
            "not-yours-to-give",
        ),
        (
            account("g", Role.SECURITY_ADMINISTRATOR, DISTRICT),
            account("n", None),
            Right(Role.OFFICER, CITY),
            "not-yours-to-give",
        ),
        (
            account("g", Role.SECURITY_ADMINISTRATOR, DISTRICT),
            account("o", Role.OFFICER, OTHER),
            None,
            "not-yours-to-give",
        ),
        (GUARD, account("aud", Role.AUDITOR), Right(Role.OPERATOR, CITY), "not-yours-to-give"),
        (GUARD, account("new", None), Right(Role.DISPLAY, DISTRICT), "role-without-login"),
        (GUARD, account("new", None), Right(Role.PARTNER, DISTRICT), "role-without-login"),
        (GUARD, account("new", None), Right(Role.MEMBER, DISTRICT), "unit-needed"),
    ],
)
def test_who_gives_what_to_whom(giver: Account, to: Account, right: Right | None, code: str | None) -> None:
    fault = fault_of_grant(giver, to, right)
    assert (None if fault is None else fault.code) == code


@given(ACCOUNTS, ACCOUNTS, st.none() | RIGHTS)
def test_no_grant_reaches_beyond_its_giver(giver: Account, to: Account, right: Right | None) -> None:
    if fault_of_grant(giver, to, right) is not None:
        return
    ours = giver.right
    assert ours is not None
    assert ours.role is Role.SECURITY_ADMINISTRATOR
    assert giver.account_id != to.account_id
    assert right is None or within(right.path, ours.path)
    assert to.right is None or within(to.right.path, ours.path)
    if right is not None and to.right is not None and to.right.role in OF_ADMINISTRATION:
        assert right.role is to.right.role
