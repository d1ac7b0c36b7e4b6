"""Analytics' API as a process: `python -m services.analytics.entrypoints.api`."""

from services.analytics.bootstrap import build_api
from services.analytics.settings import AnalyticsSettings
from shared.platform.process import run_api

if __name__ == "__main__":
    run_api("analytics", AnalyticsSettings, build_api)
