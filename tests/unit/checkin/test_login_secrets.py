"""The real password hashes, codes and secrets."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyotp.totp import TOTP

from services.checkin.adapters.login_secrets import Argon2Passwords, SystemSecrets, Totp
from services.checkin.application.account_ports import TooBusy

SECRET = SystemSecrets().code_secret()
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_a_password_matches_its_own_hash_only() -> None:
    passwords = Argon2Passwords()
    kept = await passwords.hash("天河 battery 7")
    assert kept.startswith("$argon2id$")
    assert await passwords.matches(kept, "天河 battery 7")
    assert not await passwords.matches(kept, "天河 battery 8")
    assert not await passwords.matches("no hash at all", "天河 battery 7")
    assert not await passwords.matches(None, "天河 battery 7")


async def test_passwords_are_checked_beside_the_event_loop_and_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Argon2Passwords(at_once=2, waiting_max=1)
    go_on, threads, at_once = threading.Event(), set[int](), threading.Semaphore(2)

    def slowly(*_: Any) -> bool:
        assert at_once.acquire(blocking=False), "a third one at once"
        threads.add(threading.get_ident())
        assert go_on.wait(10)
        at_once.release()
        return True

    monkeypatch.setattr(passwords, "_verified", slowly)
    checks = [asyncio.create_task(passwords.matches("hash", "x")) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(TooBusy):
        await passwords.matches("hash", "x")
    go_on.set()
    assert await asyncio.gather(*checks) == [True] * 3
    assert threading.get_ident() not in threads
    assert await passwords.matches("hash", "x")


@pytest.mark.parametrize(
    ("late_s", "counts"), [(-60, False), (-30, True), (0, True), (29, True), (60, False), (90, False)]
)
def test_a_code_counts_for_its_step_and_one_on_either_side(late_s: int, counts: bool) -> None:
    code = TOTP(SECRET).at(NOW)
    step = Totp().step(SECRET, f"{code[:3]} {code[3:]}", NOW + timedelta(seconds=late_s))
    assert step == (int(NOW.timestamp()) // 30 if counts else None)


@given(st.text(max_size=12))
def test_no_text_breaks_the_check_of_a_code(text: str) -> None:
    assert Totp().step(SECRET, text, NOW) in {
        None,
        *range(int(NOW.timestamp()) // 30 - 1, int(NOW.timestamp()) // 30 + 2),
    }


def test_secrets_are_never_the_same() -> None:
    secrets = SystemSecrets()
    for make in (secrets.token, secrets.password, secrets.code_secret):
        assert len({make() for _ in range(100)}) == 100
    assert len(secrets.password()) == 19
