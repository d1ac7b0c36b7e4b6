"""What one console sees of the map."""

import pytest

from services.dispatch.application.map_sight import Sight


@pytest.mark.parametrize(
    ("node", "path", "may_see"),
    [
        ("/440100", "/440100/440106/440106007", True),
        ("/440100/440106/440106007", "/440100/440106/440106007", True),
        ("/440100/440106/440106007", "/440100/440106/4401060071", False),
        ("/440100/440103", "/440100/440106", False),
    ],
)
def test_whose_units_are_in_sight(node: str, path: str, may_see: bool) -> None:
    assert Sight(node).may_see(path) == may_see
