"""Logging in with the city's own account: to its OpenID provider and back."""

import re
from typing import Annotated
from urllib.parse import unquote

from cryptography.fernet import InvalidToken
from fastapi import APIRouter, Cookie, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter
from sqlalchemy.exc import OperationalError

from services.checkin.adapters.http_public_url import base_of
from services.checkin.adapters.http_sessions import NO_STORE, PATH, set_session_cookie
from services.checkin.adapters.seal import Seal
from services.checkin.application.identity_provider import Begun, ProviderAway
from services.checkin.application.log_in_by_provider import BEGUN_GOOD_FOR, CameBack, ProviderDesk
from services.checkin.application.sessions import Opened
from shared.platform.telemetry import get_logger
from shared.platform.waiting import AWAY
from shared.platform.web.audited import address_of
from shared.platform.web.document import Answers, header
from shared.platform.web.problems import Problem
from shared.ports import Clock

OIDC_PATH = f"{PATH}/oidc"
COOKIE = "meu_oidc"
_BEGUN = TypeAdapter(Begun)
_OWN_PAGE = r"^/(console|m)/[A-Za-z0-9._~%=&?,:;+@!*'()/-]*$"

_log = get_logger("oidc")


class LoginOptions(BaseModel):
    """How one may log in, beside a password."""

    oidc: bool = Field(description="With the city's own account, at /checkin/v1/sessions/oidc.")


def _without_detours(path: str) -> str:
    steps = unquote(path.partition("?")[0]).split("/")
    if re.fullmatch(_OWN_PAGE, path) is None or "" in steps[1:-1] or {".", ".."} & set(steps):
        raise ValueError("no page of ours")
    return path


ReturnTo = Annotated[
    str,
    AfterValidator(_without_detours),
    Query(max_length=1000, pattern=_OWN_PAGE, description="The page to go to then: below /console/ or /m/."),
]


def provider_routes(desk: ProviderDesk | None, seal: Seal, clock: Clock, public_url: str) -> APIRouter:
    """`GET /login-options`, `GET /sessions/oidc` and `…/callback`. `desk`: None where the city has no provider."""
    router = APIRouter(prefix="/checkin/v1", tags=["accounts"])
    there = _redirect("To the provider, or back to the log-in page with `problem`")
    back = _redirect("To the page that was asked for, or to the log-in page with `problem`")

    @router.get("/login-options")
    async def login_options(response: Response) -> LoginOptions:
        """What the log-in page offers."""
        response.headers["Cache-Control"] = "no-cache"
        return LoginOptions(oidc=desk is not None)

    @router.get("/sessions/oidc", status_code=303, response_class=Response, responses=there)
    async def start(request: Request, return_to: ReturnTo = "/console/") -> Response:
        """For browsers: log in with the city's own account. 404 `no-provider`: it has none."""
        base = base_of(request, public_url)
        try:
            url, begun = await _of_city(desk).start(f"{base}{OIDC_PATH}/callback", return_to, clock.now())
        except ProviderAway:
            return _log_in_page("provider-away")
        response = _to(url)
        _remember(response, begun, seal)
        return response

    @router.get("/sessions/oidc/callback", status_code=303, response_class=Response, responses=back)
    async def finish(
        request: Request,
        state: str = "",
        code: str | None = None,
        error: str | None = None,
        meu_oidc: Annotated[str | None, Cookie()] = None,
    ) -> Response:
        """Where the provider sends people back to: the session is opened as by a password. 404 `no-provider`."""
        city, begun = _of_city(desk), _remembered(meu_oidc, seal)
        try:
            came_to = await city.finish(begun, CameBack(state, code, error, address_of(request)), clock.now())
        except (*AWAY, OperationalError) as away:
            _log.warning("log-in-not-finished", reason=type(away).__name__)
            response = _log_in_page("unavailable")
        else:
            response = _in(request, begun, came_to) if isinstance(came_to, Opened) else _log_in_page(came_to.code)
        response.delete_cookie(COOKIE, path=OIDC_PATH, httponly=True, samesite="lax")
        return response

    del login_options, start, finish  # registered
    return router


def _redirect(description: str) -> Answers:
    return {303: {"description": description, "headers": {"Location": header("Where to")}}}


def _of_city(desk: ProviderDesk | None) -> ProviderDesk:
    if desk is None:
        raise Problem(404, "no-provider")
    return desk


def _in(request: Request, begun: Begun | None, opened: Opened) -> Response:
    assert begun is not None  # else it came to nothing
    response = _to(begun.return_to)
    set_session_cookie(request, response, opened)
    return response


def _log_in_page(problem: str) -> Response:
    return _to(f"/console/login?problem={problem}")


def _to(url: str) -> Response:
    return RedirectResponse(url, 303, {**NO_STORE, "Referrer-Policy": "no-referrer"})


def _remember(response: Response, begun: Begun, seal: Seal) -> None:
    sealed = seal.close(_BEGUN.dump_json(begun).decode()).decode()
    seconds = int(BEGUN_GOOD_FOR.total_seconds())
    secure = begun.redirect_uri.startswith("https:")
    # Lax, not strict: the way back begins at the provider's page.
    response.set_cookie(COOKIE, sealed, seconds, path=OIDC_PATH, secure=secure, httponly=True, samesite="lax")


def _remembered(cookie: str | None, seal: Seal) -> Begun | None:
    """None: there is none, or it is not ours."""
    try:
        return _BEGUN.validate_json(seal.open((cookie or "").encode()))
    except (InvalidToken, ValueError):
        return None
