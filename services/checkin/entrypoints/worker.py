"""Check-in's worker: `python -m services.checkin.entrypoints.worker`."""

from services.checkin.bootstrap import build_worker
from services.checkin.settings import CheckinSettings
from shared.platform.process import run_worker

if __name__ == "__main__":
    run_worker("checkin", CheckinSettings, build_worker)
