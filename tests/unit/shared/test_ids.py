"""Derived ids."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from shared.vocabulary.ids import derived_id

NAMESPACE = UUID("6d657500-0000-5000-8000-6d696e696d75")


@given(st.lists(st.one_of(st.text(max_size=20), st.integers()), max_size=4))
def test_a_derived_id_is_the_uuid_that_the_standard_library_makes(parts: list[str | int]) -> None:
    assert derived_id(*parts) == str(uuid5(NAMESPACE, "\x1f".join(map(str, parts))))
