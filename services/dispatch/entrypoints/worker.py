"""Dispatch's worker as a process: `python -m services.dispatch.entrypoints.worker`."""

from services.dispatch.bootstrap import build_worker
from services.dispatch.settings import DispatchSettings
from shared.platform.process import run_worker

if __name__ == "__main__":
    run_worker("dispatch", DispatchSettings, build_worker)
