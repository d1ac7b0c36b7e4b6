"""Accounts: what one may do, when a password may be tried, and who may give which right to whom."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.vocabulary.decisions import Refused
from shared.vocabulary.organisation import within
from shared.vocabulary.terms import OF_ADMINISTRATION, Role

ONE_TIME_GOOD_FOR = timedelta(days=7)
"""Then a password that somebody was given, and has not replaced, counts no more."""
TRIES_FREE = 5
WAIT_FIRST = timedelta(seconds=2)
WAIT_MAX = timedelta(minutes=15)
ON_PHONES = (Role.MEMBER, Role.LEADER)
WITHOUT_PASSWORD = (Role.DISPLAY, Role.PARTNER)
"""Machines: they carry tokens that were issued to them, and nobody types a password for them."""
_LENGTH_MAX = 128
_KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")


@dataclass(frozen=True, slots=True)
class Right:
    """What an account may do, and where: a role within the organisation subtree `path`."""

    role: Role
    path: str
    station_id: str | None = None
    unit_id: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in. `account_id` is the token's subject: a registered person's is their member's id.

    Without a `right` a login comes to nothing; who makes accounts can not give any.
    """

    account_id: str
    login: str
    name: str
    right: Right | None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login is checked against. `one_time_until`: the password was given by somebody else, and must be
    replaced before then; None: it is the owner's. `code_step`: the last step of a code that counted.
    """

    password_hash: str
    one_time_until: datetime | None
    code_secret: str | None = None
    code_confirmed: bool = False
    code_step: int = 0


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a login was tried in vain since it last succeeded, and when last."""

    count: int
    last_at: datetime


def may_try_at(tries: Tries | None) -> datetime | None:
    """When a login may be tried again; None: at once. Five tries are free, then the wait doubles from 2 s to 15 min.

    It ends by itself (GB/T 22239 asks for a limit): a lock for good would let anybody lock out a city's operator.
    """
    if tries is None or tries.count < TRIES_FREE:
        return None
    doubled = min(tries.count - TRIES_FREE, 16)
    return tries.last_at + min(WAIT_FIRST * 2**doubled, WAIT_MAX)


def fault_of_password(password: str, login: str, role: Role | None) -> Refused | None:
    """Why a password is not good enough: `password-weak`.

    Length counts more than signs (NIST SP 800-63B), but two kinds of characters are asked for (GB/T 22239). People at
    their posts type it on a telephone.
    """
    shortest = 8 if role in ON_PHONES else 12
    if not shortest <= len(password) <= _LENGTH_MAX:
        return Refused("password-weak", f"{shortest} to {_LENGTH_MAX} characters")
    if sum(1 for kind in _KINDS if re.search(kind, password)) < 2:
        return Refused("password-weak", "at least two of: small letters, capitals, digits, other signs")
    if len(set(password)) < 5 or login.lower() in password.lower():
        return Refused("password-weak", "not the login, and not few characters over and over")
    return None


def fault_of_grant(giver: Account, to: Account, right: Right | None) -> Refused | None:
    """Why a security administrator may not give this right, or take the one that is there: `not-yours-to-give`.

    Nobody gives anything to themselves, or beyond their own subtree; and an administrator's office is not exchanged for
    another, so that nobody comes to hold first one and then the next.
    """
    ours = giver.right
    if ours is None or ours.role is not Role.SECURITY_ADMINISTRATOR or giver.account_id == to.account_id:
        return Refused("not-yours-to-give", "only another security administrator may")
    if right is not None and not within(right.path, ours.path):
        return Refused("not-yours-to-give", "the path lies outside your own part of the tree")
    if to.right is None:
        return _fault_of_role(right)
    if not within(to.right.path, ours.path):
        return Refused("not-yours-to-give", "the account lies outside your own part of the tree")
    if right is not None and right.role is not to.right.role and to.right.role in OF_ADMINISTRATION:
        return Refused("not-yours-to-give", "an administrator's office is not exchanged for another")
    return _fault_of_role(right)


def _fault_of_role(right: Right | None) -> Refused | None:
    if right is None:
        return None
    if right.role in WITHOUT_PASSWORD:
        return Refused("role-without-login", f"{right.role.value} is a machine: it carries a token and never logs in")
    if right.role in ON_PHONES and right.unit_id is None:
        return Refused("unit-needed", "members and leaders belong to a unit")
    return None
