"""The rotating code and the printed one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.checkin.domain.codes import EXPIRED, INVALID, STEP_S, PostCodes, Valid, step_at

CODES = PostCodes(b"a secret of the city, 32 bytes or more")
T0 = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_code_on_the_display_counts() -> None:
    assert CODES.verify(["p0", "p1"], CODES.shown("p1", T0).code, T0) == Valid("p1", step_at(T0))


@pytest.mark.parametrize(("age_s", "counts"), [(29, True), (30, True), (59, True), (60, False), (8 * 3600, False)])
def test_a_code_counts_while_shown_and_one_step_longer_and_then_is_called_expired(age_s: int, counts: bool) -> None:
    code = CODES.shown("p1", T0).code
    found = CODES.verify(["p1"], code, T0 + age_s * SECOND)
    assert found == (Valid("p1", step_at(T0)) if counts else EXPIRED)


def test_a_code_of_the_future_does_not_count() -> None:
    assert CODES.verify(["p1"], CODES.shown("p1", T0 + STEP_S * SECOND).code, T0) == INVALID


def test_a_code_of_another_post_or_another_city_is_invalid_not_expired() -> None:
    assert CODES.verify(["p1"], CODES.shown("p2", T0).code, T0) == INVALID
    assert CODES.verify(["p1"], PostCodes(b"another city's secret").shown("p1", T0).code, T0) == INVALID


def test_a_code_tells_nothing_of_the_next_one() -> None:
    shown, later = CODES.shown("p1", T0), CODES.shown("p1", T0 + STEP_S * SECOND)
    assert shown.until == later.since == T0 + STEP_S * SECOND
    assert shown.code[:10] != later.code[:10]


def test_a_code_may_be_typed_by_hand() -> None:
    code = CODES.shown("p1", T0).code.lower()
    assert CODES.verify(["p1"], f"{code[:4]}-{code[4:8]} {code[8:]}", T0) == Valid("p1", step_at(T0))


@given(st.text(max_size=20) | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=12, max_size=12))
def test_no_other_text_counts(text: str) -> None:
    assert CODES.verify(["p1"], text, T0) == INVALID
    assert CODES.verify_printed(["p1"], text, text) == INVALID


@given(st.integers(0, 11), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_code_with_one_wrong_character_never_counts(index: int, character: str) -> None:
    code = CODES.shown("p1", T0).code
    changed = code[:index] + character + code[index + 1 :]
    assert isinstance(CODES.verify(["p1"], changed, T0), Valid) == (changed == code)


def test_the_printed_code_counts_with_its_pin_only_and_carries_no_step() -> None:
    printed = CODES.printed("p1")
    assert CODES.verify_printed(["p1"], printed.code, printed.pin) == Valid("p1", None)
    assert CODES.verify_printed(["p1"], printed.code, f"{(int(printed.pin) + 1) % 10**6:06}") == INVALID
    assert CODES.verify_printed(["p2"], printed.code, printed.pin) == INVALID
    assert CODES.verify(["p1"], printed.code, T0) == INVALID
