"""Every setting is documented once, in the README's table, with the default and the words of the code."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from services.analytics.settings import AnalyticsSettings
from services.checkin.settings import CheckinSettings
from services.dispatch.settings import DispatchSettings
from services.notify.settings import NotifySettings
from shared.platform.settings import PlatformSettings

README = (Path(__file__).parents[2] / "README.md").read_text()
OF_SERVICES = {
    "checkin": CheckinSettings,
    "dispatch": DispatchSettings,
    "notify": NotifySettings,
    "analytics": AnalyticsSettings,
}


def row(name: str, of: str, field: FieldInfo) -> str:
    default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    shown = "required" if field.is_required() else "" if default in (None, "") else f"`{default}`"
    return f"| `{name.upper()}` | {of} | {shown} | {field.description} |"


ROWS = [row(name, "all", field) for name, field in PlatformSettings.model_fields.items()] + [
    row(name, service, field)
    for service, kind in OF_SERVICES.items()
    for name, field in kind.model_fields.items()
    if name not in PlatformSettings.model_fields
]


@pytest.mark.parametrize("expected", ROWS)
def test_the_readme_has_the_setting_as_the_code_says_it(expected: str) -> None:
    assert README.count(f"{expected}\n") == 1


def test_the_readme_has_no_setting_that_the_code_does_not_read() -> None:
    table = README.split("## Settings", 1)[1].split("\n## ", 1)[0]
    assert [line for line in table.splitlines() if line.startswith("| `")] == ROWS
