"""Analytics' worker: the ingest, where the history is a ClickHouse server."""

import asyncio
import sys

from services.analytics.bootstrap import build_worker
from services.analytics.settings import AnalyticsSettings
from shared.platform.settings import load_settings
from shared.platform.telemetry import configure_logs


def main() -> None:
    """Run until SIGTERM."""
    settings = load_settings(AnalyticsSettings)
    configure_logs(settings, "analytics")
    try:
        worker = build_worker(settings)
    except ValueError as error:
        print(error, file=sys.stderr)
        raise SystemExit(78) from error  # EX_CONFIG
    asyncio.run(worker.run())


if __name__ == "__main__":
    main()
