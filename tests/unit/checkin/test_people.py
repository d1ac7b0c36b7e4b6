"""Whose name is told to whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.checkin.domain.people import Person, as_told
from shared.vocabulary.organisation import within
from shared.vocabulary.terms import OF_ADMINISTRATION, Role

CITY, DISTRICT, STATION = "/440100", "/440100/440106", "/440100/440106/440106001"
OTHER_DISTRICT, OTHER_STATION = "/440100/440103", "/440100/440106/440106002"
LOOKALIKE = f"{STATION}0"
NAME = "陈明"
IN_OFFICE = (Role.OPERATOR, Role.OFFICER)
IN_UNITS = (Role.LEADER, Role.MEMBER)


def a_person(role: Role, path: str) -> Person:
    return Person("x-1", NAME, role, path, None, None)


def name_told(role: Role, path: str, subtree: str) -> str | None:
    told = as_told(a_person(role, path), subtree)
    return None if told is None else told.name


@pytest.mark.parametrize(
    ("path", "subtree", "of_office", "of_unit"),
    [
        (STATION, STATION, NAME, "陈*"),
        (STATION, DISTRICT, NAME, "陈*"),
        (STATION, CITY, NAME, "陈*"),
        (DISTRICT, STATION, NAME, None),
        (CITY, STATION, NAME, None),
        (OTHER_STATION, STATION, None, None),
        (LOOKALIKE, STATION, None, None),
        (STATION, LOOKALIKE, None, None),
        (OTHER_DISTRICT, STATION, None, None),
        ("/440300", CITY, None, None),
    ],
)
def test_the_subtree_and_the_chain_of_command_above_it_are_known(
    path: str, subtree: str, of_office: str | None, of_unit: str | None
) -> None:
    assert {name_told(role, path, subtree) for role in IN_OFFICE} == {of_office}
    assert {name_told(role, path, subtree) for role in IN_UNITS} == {of_unit}


@pytest.mark.parametrize("role", [*OF_ADMINISTRATION, Role.DISPLAY, Role.PARTNER])
def test_who_has_no_part_in_what_units_do_is_not_told(role: Role) -> None:
    assert as_told(a_person(role, STATION), CITY) is None


PATHS = st.lists(st.sampled_from(["4401", "4402", "44010"]), min_size=1, max_size=4).map(
    lambda codes: "/" + "/".join(codes)
)


@given(role=st.sampled_from(Role), path=PATHS, subtree=PATHS)
def test_nobody_beside_is_told_and_nobody_s_place_changes(role: Role, path: str, subtree: str) -> None:
    told = as_told(a_person(role, path), subtree)
    if told is not None:
        assert within(path, subtree) or (within(subtree, path) and role in IN_OFFICE)
        assert (told.id, told.role, told.path) == ("x-1", role, path)
        assert (told.name == NAME) is (role in IN_OFFICE)
