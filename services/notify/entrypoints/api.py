"""The API: `uvicorn --factory services.notify.entrypoints.api:app`."""

from fastapi import FastAPI

from services.notify.bootstrap import build_api
from services.notify.settings import NotifySettings
from shared.platform.settings import load_settings
from shared.platform.telemetry import configure_logs


def app() -> FastAPI:
    """Made by the ASGI server."""
    settings = load_settings(NotifySettings)
    configure_logs(settings, "notify-api")
    return build_api(settings)
