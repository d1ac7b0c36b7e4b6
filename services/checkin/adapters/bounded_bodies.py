"""Only files may be large: everything else is bounded more tightly than the app as a whole."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.platform.web.idempotency import BODY_MAX
from shared.platform.web.problems import Problem


class BoundedBodies:
    """ASGI middleware outside the platform's, which turns what this raises into a problem document."""

    def __init__(self, app: ASGIApp, large_under: str) -> None:
        """`large_under`: the path below which the app's own bound holds."""
        self._app = app
        self._large_under = large_under

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self._large_under):
            await self._app(scope, receive, send)
            return
        size = 0

        async def bounded() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > BODY_MAX:
                raise Problem(413, "body-too-large", f"at most {BODY_MAX} bytes")
            return message

        await self._app(scope, bounded, send)
