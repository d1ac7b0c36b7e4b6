"""Dispatch's API as a process: `python -m services.dispatch.entrypoints.api`."""

from services.dispatch.bootstrap import build_api
from services.dispatch.settings import DispatchSettings
from shared.platform.process import run_api

if __name__ == "__main__":
    run_api("dispatch", DispatchSettings, build_api)
