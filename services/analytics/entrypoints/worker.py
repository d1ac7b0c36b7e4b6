"""Analytics' worker, where the history is a ClickHouse server: `python -m services.analytics.entrypoints.worker`."""

from services.analytics.bootstrap import build_worker
from services.analytics.settings import AnalyticsSettings
from shared.platform.process import run_worker

if __name__ == "__main__":
    run_worker("analytics", AnalyticsSettings, build_worker)
