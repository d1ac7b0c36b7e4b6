"""Analytics' api as a process: `python -m services.analytics.entrypoints.api [PORT]`."""

import sys

import uvicorn

from services.analytics.bootstrap import build_api
from services.analytics.settings import AnalyticsSettings
from shared.platform.settings import load_settings
from shared.platform.telemetry import configure_logs

PORT = 8000


def main() -> None:
    """Serve until SIGTERM."""
    settings = load_settings(AnalyticsSettings)
    configure_logs(settings, "analytics")
    port = int(sys.argv[1]) if len(sys.argv) > 1 else PORT
    uvicorn.run(build_api(settings), port=port, access_log=False, log_config=None)


if __name__ == "__main__":
    main()
