"""Only files may be large: everything else is bounded more tightly than the app as a whole."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.platform.web.idempotency import BODY_MAX
from shared.platform.web.problems import Problem


class BoundedBodies:
    """ASGI middleware outside the platform's, which turns what this raises into a problem document."""

    def __init__(self, app: ASGIApp, larger: Mapping[str, int]) -> None:
        """`larger`: below which paths more bytes are taken, and how many."""
        self._app = app
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = next((most for path, most in self._larger.items() if scope["path"].startswith(path)), BODY_MAX)
        size = 0

        async def bounded() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > most:
                raise Problem(413, "body-too-large", f"at most {most} bytes")
            return message

        await self._app(scope, bounded, send)
