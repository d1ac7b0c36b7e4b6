"""Notify's API as a process: `python -m services.notify.entrypoints.api`."""

from services.notify.bootstrap import build_api
from services.notify.settings import NotifySettings
from shared.platform.process import run_api

if __name__ == "__main__":
    run_api("notify", NotifySettings, build_api)
