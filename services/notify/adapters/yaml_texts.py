"""The words of each notice, from one YAML file a language."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

HERE = Path(__file__).parent / "texts"
LANGUAGES = ("zh-CN", "en")


class Wording(BaseModel):
    """One language's file. `words` are those of closed lists, by placeholder and code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    drill_mark: str
    distance: str
    templates: dict[str, str]
    words: dict[str, dict[str, str]]


class YamlTexts:
    """Read once, at the start. ValueError when the languages do not have the same templates and words."""

    def __init__(self, directory: Path = HERE) -> None:
        self._wordings = {
            language: Wording.model_validate(yaml.safe_load((directory / f"{language}.yaml").read_text("utf-8")))
            for language in LANGUAGES
        }
        keys = {language: _keys(wording) for language, wording in self._wordings.items()}
        missing = set.union(*keys.values()) - set.intersection(*keys.values())
        if missing:
            raise ValueError(f"not in every language: {', '.join(sorted(missing))}")

    def render(self, template: str, language: str, *, drill: bool, values: Mapping[str, Any]) -> str:
        """The text; a code without a word in this language is shown as it is."""
        wording = self._wordings[language]
        metres = values.get("distance_m")
        filled = {
            **{name: _word(wording, name, value) for name, value in values.items()},
            "distance": "" if metres is None else wording.distance.format(metres=metres),
        }
        mark = wording.drill_mark if drill else ""
        return (mark + wording.templates[template].format_map(filled)).rstrip()


def _word(wording: Wording, name: str, value: Any) -> Any:
    return wording.words[name].get(value, value) if name in wording.words else value


def _keys(wording: Wording) -> set[str]:
    words = {f"{name}.{code}" for name, codes in wording.words.items() for code in codes}
    return set(wording.templates) | words
