"""Logging in and out, and staying logged in."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Cookie, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from services.checkin.adapters.http_account_models import AccountOut, account_out
from services.checkin.adapters.post_qr import qr_svg
from services.checkin.application.account_ports import TooBusy
from services.checkin.application.log_in import (
    Attempt,
    CodeNeeded,
    EnrolmentNeeded,
    LogIn,
    LoginDesk,
    NewPasswordNeeded,
    TooEarly,
)
from services.checkin.application.sessions import Opened, SessionDesk
from shared.platform.web.audited import address_of
from shared.platform.web.document import TOO_OFTEN
from shared.platform.web.problems import Problem
from shared.ports import Clock
from shared.vocabulary.decisions import Refused

COOKIE = "meu_session"
PATH = "/checkin/v1/sessions"
NO_STORE = {"Cache-Control": "no-store"}
_STATUS = {"wrong-credentials": 401, "no-right": 403, "password-weak": 422}
Typed = Annotated[str, Field(min_length=1, max_length=200)]


class LogInRequest(BaseModel):
    """`new_password` and `code` only when an answer has asked for them."""

    model_config = ConfigDict(extra="forbid")
    login: Annotated[str, Field(min_length=1, max_length=80)]
    password: Typed
    new_password: Typed | None = None
    code: Annotated[str, Field(min_length=6, max_length=10)] | None = None


class LoggedIn(BaseModel):
    """`access_token` is the bearer token for every service until `expires_at`; then ask at `…/sessions/refresh`."""

    next: Literal["done"] = "done"
    access_token: str
    expires_at: datetime
    account: AccountOut
    time_zone: str = Field(description="The city's, by its IANA name: dates in requests are its days.")


class AskedFor(BaseModel):
    """The password is right, and something more is needed: send the same again, with it."""

    next: Literal["new-password", "second-factor", "second-factor-enrolment"]
    otpauth_uri: str | None = Field(default=None, description="For the authenticator app, while it is enrolled.")
    otpauth_qr: str | None = Field(default=None, description="The same as a picture (SVG), for the telephone's camera.")


def session_routes(desk: LoginDesk, sessions: SessionDesk, clock: Clock, time_zone: str) -> APIRouter:
    """`POST /sessions`, `POST /sessions/refresh` and `DELETE /sessions/current`. `time_zone`: the city's."""
    router = APIRouter(prefix=PATH, tags=["accounts"])
    more = {200: {"model": AskedFor, "description": "Something more is needed"}}

    @router.post("", status_code=201, response_model=LoggedIn, responses={**more, **TOO_OFTEN})
    async def log_in(request: Request, body: LogInRequest) -> Response:
        """Log in with a password, a new one where it was given by somebody else, and the second factor."""
        now = clock.now()
        attempt = Attempt(body.login, body.password, body.new_password, body.code, address_of(request))
        try:
            came_to = await desk.log_in(attempt, now)
        except TooBusy as error:
            raise Problem(503, "unavailable", "too many log in at once", headers={"Retry-After": "2"}) from error
        return _answer(request, came_to, now, time_zone)

    @router.post("/refresh", response_model=LoggedIn)
    async def refresh(request: Request, meu_session: Annotated[str | None, Cookie()] = None) -> Response:
        """New tokens for the session of the cookie. 401 `session-ended`: log in again."""
        opened = None if meu_session is None else await sessions.renew(meu_session, clock.now())
        if opened is None:
            raise Problem(401, "session-ended")
        return _opened(request, opened, time_zone, 200)

    @router.delete("/current", status_code=204)
    async def log_out(meu_session: Annotated[str | None, Cookie()] = None) -> Response:
        """End the session of the cookie; without one there is nothing to end."""
        if meu_session is not None:
            await sessions.end(meu_session)
        response = Response(status_code=204, headers=NO_STORE)
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")
        return response

    del log_in, refresh, log_out  # registered
    return router


def _answer(request: Request, came_to: LogIn, now: datetime, time_zone: str) -> Response:
    match came_to:
        case Opened():
            return _opened(request, came_to, time_zone, 201)
        case NewPasswordNeeded():
            return _asked(AskedFor(next="new-password"))
        case CodeNeeded():
            return _asked(AskedFor(next="second-factor"))
        case EnrolmentNeeded(uri):
            picture = qr_svg(uri, "otpauth")
            return _asked(AskedFor(next="second-factor-enrolment", otpauth_uri=uri, otpauth_qr=picture))
        case TooEarly(until):
            wait_s = max(1, int((until - now).total_seconds()) + 1)
            raise Problem(429, "try-later", f"in {wait_s} s", headers={"Retry-After": str(wait_s)})
        case Refused(code, detail):
            raise Problem(_STATUS[code], code, detail, field="new_password" if code == "password-weak" else None)


def _asked(answer: AskedFor) -> Response:
    return JSONResponse(answer.model_dump(mode="json"), 200, NO_STORE)


def _opened(request: Request, opened: Opened, time_zone: str, status: int) -> Response:
    body = LoggedIn(
        access_token=opened.access,
        expires_at=opened.access_until,
        account=account_out(opened.account),
        time_zone=time_zone,
    )
    response = JSONResponse(body.model_dump(mode="json"), status, NO_STORE)
    set_session_cookie(request, response, opened)
    return response


def set_session_cookie(request: Request, response: Response, opened: Opened) -> None:
    """What the browser goes on with when it asks at `…/sessions/refresh`."""
    cookie: dict[str, Any] = {"path": PATH, "httponly": True, "samesite": "strict"}
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, opened.refresh, expires=opened.until, secure=secure, **cookie)
