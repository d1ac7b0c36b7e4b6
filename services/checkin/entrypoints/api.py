"""Check-in's API as a process: `python -m services.checkin.entrypoints.api`."""

from services.checkin.bootstrap import build_api
from services.checkin.settings import CheckinSettings
from shared.platform.process import run_api

if __name__ == "__main__":
    run_api("checkin", CheckinSettings, build_api)
