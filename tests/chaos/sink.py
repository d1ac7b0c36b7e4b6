"""The providers that notices leave to: an SMS gateway and a webhook receiver that write down every call.

Some calls they accept and then never answer; some they refuse. Which, is a function of the call's own id.
"""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

from aiohttp import web

from deploy.local.ports import free_port
from tests.chaos.notes import Notes, now

HANGS, REFUSES = 0.1, 0.05
"""Shares of the calls."""
HANGS_FOR_S = 30.0
"""Longer than any channel waits."""


class Sink:
    """Both providers on one port, as an async context manager."""

    def __init__(self, path: Path) -> None:
        self._notes = Notes(path)
        self._port = free_port()
        self._runner: web.AppRunner | None = None

    @property
    def sms_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/sms"

    @property
    def webhook_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/webhook"

    @property
    def host(self) -> str:
        """Host and port, as `NOTIFY_WEBHOOK_HOSTS` names them."""
        return f"127.0.0.1:{self._port}"

    async def __aenter__(self) -> "Sink":
        app = web.Application()
        app.router.add_post("/sms", self._take_sms)
        app.router.add_post("/webhook/{member}", self._take_webhook)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self._notes.close()

    async def _take_sms(self, request: web.Request) -> web.Response:
        body = await request.json()
        return await self._answer(request, {"channel": "sms", "webhook_id": None, "to": body["to"], "purpose": None})

    async def _take_webhook(self, request: web.Request) -> web.Response:
        data = (await request.json())["data"]
        said = {"webhook_id": request.headers["webhook-id"], "to": [data["member_id"]], "purpose": data["purpose"]}
        return await self._answer(request, {"channel": "webhook", **said})

    async def _answer(self, request: web.Request, call: dict[str, Any]) -> web.Response:
        attempt_id = request.headers["idempotency-key"]
        chance = int(hashlib.sha256(attempt_id.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
        answered = 0 if chance < HANGS else 503 if chance < HANGS + REFUSES else 200
        self._notes.write({"at": now(), "id": attempt_id, **call, "answered": answered})
        if answered == 0:
            await asyncio.sleep(HANGS_FOR_S)  # it took the message, and the answer is lost
        return web.json_response({}, status=answered or 504)
