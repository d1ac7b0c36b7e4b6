"""Debian's Chromium without a window, and axe-core, for all tests in a real browser."""

import shutil
from typing import Any

from deploy.local import VAR

AXE = VAR / "console" / "node_modules" / "axe-core" / "axe.min.js"


def launch_options() -> dict[str, Any]:
    """What Playwright launches."""
    program = shutil.which("chromium")
    assert program is not None, "Chromium is needed: `python -m tests.prepare` installs it"
    return {"executable_path": program, "args": ["--no-sandbox"]}


def grave(violations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of axe's findings that are serious or critical."""
    return [each for each in violations if each["impact"] in ("serious", "critical")]
