"""What the pages offer is what the services take."""

import re
from pathlib import Path

from shared.vocabulary.terms import HazardKind

SCREEN = Path(__file__).parents[2] / "console" / "m" / "views" / "hazard_screen.ts"


def test_the_members_page_offers_every_kind_of_hazard_and_no_other() -> None:
    found = re.search(r"HAZARD_KINDS = \[(.*?)\]", SCREEN.read_text("utf-8"), re.DOTALL)
    assert found is not None
    assert re.findall(r"'([a-z-]+)'", found[1]) == [kind.value for kind in HazardKind]
