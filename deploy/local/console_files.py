"""The built console and the member's page, served as deploy/docker/gateway.conf has a web server do it."""

import json
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from deploy.local import VAR

DIST = VAR / "console" / "dist"
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "worker-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
}


class _Pages(StaticFiles):
    """Files; what has no ending is a route of the page itself, and gets the page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or Path(path).suffix:
                raise
            response = await super().get_response("index.html", scope)
        # Names under assets/ hold a hash of their content; all others may be new at the next start.
        is_fixed = path.startswith("assets/")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_fixed else "no-cache"
        response.headers.update(HEADERS)
        return response


def console_files(*, demo: bool, dist: Path = DIST) -> Starlette:
    """`/console/` and `/m/`; `/` leads to the console. `demo`: the pages mark what they show as made up."""

    async def config(_: Request) -> Response:
        known = {"basemap": None, **_config(dist / "console" / "config.json"), "demo": demo}
        return JSONResponse(known, headers=HEADERS)

    async def not_built(_: Request) -> Response:
        return PlainTextResponse("The console is not built: `make console` builds it.\n", 503)

    async def home(_: Request) -> Response:
        return RedirectResponse("/console/")

    if not (dist / "console" / "index.html").exists():
        routes = [Route("/{path:path}", not_built)]
    else:
        routes = [
            Route("/", home),
            Route("/console/config.json", config),
            Mount("/console", _Pages(directory=dist / "console", html=True)),
            Mount("/m", _Pages(directory=dist / "m", html=True)),
        ]
    return Starlette(routes=routes, middleware=[Middleware(GZipMiddleware, minimum_size=1000)])


def _config(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text("utf-8")) if file.exists() else {}
