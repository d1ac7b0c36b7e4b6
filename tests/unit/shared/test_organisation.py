"""Paths of the organisation tree."""

import pytest

from shared.vocabulary.organisation import is_gbt2260, is_path, within


@pytest.mark.parametrize(
    ("path", "subtree", "inside"),
    [
        ("/440100/440106", "/440100", True),
        ("/440100", "/440100", True),
        ("/440100", "/440100/440106", False),
        ("/440100/4401061", "/440100/440106", False),
        ("/440100/440112/440112001", "/440100/440106", False),
    ],
)
def test_a_subtree_holds_its_root_and_what_lies_below(path: str, subtree: str, inside: bool) -> None:
    assert within(path, subtree) is inside


@pytest.mark.parametrize(
    ("path", "good"),
    [("/440100", True), ("/440100/440106/440106007", True), ("440100", False), ("/", False), ("/44/..", False)],
)
def test_paths_are_codes_behind_slashes(path: str, good: bool) -> None:
    assert is_path(path) is good


@pytest.mark.parametrize(
    ("code", "good"), [("440106", True), ("044010", False), ("44010", False), ("440106007", False)]
)
def test_gbt2260_codes_have_six_digits(code: str, good: bool) -> None:
    assert is_gbt2260(code) is good
