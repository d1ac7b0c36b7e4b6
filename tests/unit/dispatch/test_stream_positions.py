"""Where a live stream was left: the ids of its events."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.adapters.incident_tail import PositionInvalid, format_position, parse_position

OFFSETS = st.lists(st.integers(0, 2**60), min_size=12, max_size=12).map(lambda numbers: dict(enumerate(numbers)))


@given(OFFSETS)
def test_a_position_comes_back_as_it_was(offsets: dict[int, int]) -> None:
    text = format_position(offsets)
    assert parse_position(text, 12) == offsets
    assert "\n" not in text


NESTED = base64.urlsafe_b64encode(b"[" * 3000).decode()
OUTSIDE = [format_position(dict.fromkeys(range(12), offset)) for offset in (-1, 2**63)]


@pytest.mark.parametrize("text", ["", "???", "bm8=", "WzEsMl0=", "W10=", NESTED, *OUTSIDE])
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(PositionInvalid):
        parse_position(text, 12)


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(PositionInvalid):
        parse_position(text, 12)
