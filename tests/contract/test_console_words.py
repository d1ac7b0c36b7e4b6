"""What the pages offer is what the services take, and what services write the pages have words for."""

import re
from pathlib import Path

import pytest

from shared.vocabulary.terms import HazardKind
from tests.contract.audit_actions import recorded_actions

CONSOLE = Path(__file__).parents[2] / "console"
SCREEN = CONSOLE / "m" / "views" / "hazard_screen.ts"
AUDIT_WORDS = CONSOLE / "src" / "audit" / "messages.ts"


def test_the_members_page_offers_every_kind_of_hazard_and_no_other() -> None:
    found = re.search(r"HAZARD_KINDS = \[(.*?)\]", SCREEN.read_text("utf-8"), re.DOTALL)
    assert found is not None
    assert re.findall(r"'([a-z-]+)'", found[1]) == [kind.value for kind in HazardKind]


def test_what_is_recorded_is_found_wherever_it_is_told_of() -> None:
    told_of = {
        "log-in",
        "log-out",
        "take-right",
        "give-right-auditor",
        "members-seen",
        "rosters-deleted",
        "put-refused",
    }
    assert told_of <= recorded_actions()


@pytest.mark.parametrize("language", ["'zh-CN'", "en"])
def test_the_audit_s_page_has_a_word_for_every_action_and_for_no_other(language: str) -> None:
    text = AUDIT_WORDS.read_text("utf-8")
    own = text[text.index(f"\n  {language}: {{") :]
    found = re.search(r"\n    actions: \{(.*?)\n    \},", own, re.DOTALL)
    assert found is not None
    words = dict(re.findall(r"'([a-z-]+)': '([^']+)'", found[1]))
    assert set(words) == recorded_actions()


def test_the_console_has_words_for_every_kind_of_hazard_and_no_other() -> None:
    messages = (CONSOLE / "src" / "hazards" / "messages.ts").read_text("utf-8")
    languages = re.findall(r"^    kind: \{(.*?)\}", messages, re.DOTALL | re.MULTILINE)
    assert len(languages) == 2
    for words in languages:
        assert re.findall(r"'?([a-z-]+)'?: '", words) == [kind.value for kind in HazardKind]
