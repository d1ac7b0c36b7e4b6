"""The system as its clients see it: HTTP with a bearer token, and nothing else.

Thousands of callers share a few connections. A request is sent again only when the connection failed or the answer
was 503; every POST carries an Idempotency-Key, so that sending it again is harmless.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from shared.platform.clock import SystemIds
from shared.platform.web.tokens import Principal

Issue = Callable[[Principal], str]
"""Gives a signed token for a principal."""

_PAUSE_S, _PAUSE_MAX_S = 0.1, 2.0
_ids = SystemIds()


class ApiProblem(Exception):
    """The system refused. `code` is the problem document's, or `http-<status>` when there is none."""

    def __init__(self, request: str, status: int, code: str, detail: str) -> None:
        super().__init__(f"{request}: {status} {code} {detail}".rstrip())
        self.status = status
        self.code = code
        self.detail = detail


class Unreachable(Exception):
    """No answer within the caller's patience."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer or 304: the parsed JSON of `body`, and where the next page or the pending outcome is.

    `was_pending`: it was 202 first, and `body` is the outcome that was asked for later, without the aggregate's state.
    """

    status: int
    body: Any
    text: str
    next: str | None = None
    location: str | None = None
    etag: str | None = None
    was_pending: bool = False


class Api:
    """One running system. Use as an async context manager.

    `connections` bounds what is under way at once; `patience_s` how long a request is tried again.
    """

    def __init__(self, base_url: str, issue: Issue, *, connections: int = 8, patience_s: float = 60) -> None:
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._http = httpx.AsyncClient(base_url=base_url, limits=limits, timeout=30, trust_env=False)
        self._at_once = asyncio.Semaphore(connections)
        self._issue = issue
        self.patience_s = patience_s
        self._tokens: dict[Principal, str] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    def caller(self, principal: Principal) -> "Caller":
        """Somebody who asks."""
        return Caller(self, principal)

    async def ask(
        self,
        principal: Principal,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> Answer:
        """One request. Raises ApiProblem for every answer but 2xx and 304, Unreachable when patience ends."""
        until = time.monotonic() + self.patience_s
        pause = _PAUSE_S
        while True:
            fault = ""
            try:
                response = await self._once(principal, method, url, headers or {}, content)
                if not _again(response):
                    return _answer(method, response)
                fault = f"{response.status_code} {response.text[:200]}"
            except httpx.TransportError as error:
                fault = f"{type(error).__name__}: {error}"
            if time.monotonic() + pause > until:
                raise Unreachable(f"{method} {url}: {fault}")
            await asyncio.sleep(pause)
            pause = min(2 * pause, _PAUSE_MAX_S)

    async def _once(
        self, principal: Principal, method: str, url: str, headers: Mapping[str, str], content: dict[str, Any]
    ) -> httpx.Response:
        token = self._tokens.get(principal) or self._tokens.setdefault(principal, self._issue(principal))
        async with self._at_once:
            response = await self._http.request(
                method, url, headers={**headers, "Authorization": f"Bearer {token}"}, **content
            )
        if _code(response) == "token-expired":
            self._tokens.pop(principal, None)
        return response


class Caller:
    """What one principal may ask."""

    def __init__(self, api: Api, principal: Principal) -> None:
        self._api = api
        self.principal = principal

    async def get(self, path: str, *, known: str | None = None, **params: Any) -> Answer:
        """A representation. 304 without a body when it is still the one with the ETag `known`."""
        headers = {} if known is None else {"If-None-Match": known}
        return await self._api.ask(self.principal, "GET", path, headers=headers, params=_given(params))

    async def each(self, path: str, **params: Any) -> AsyncGenerator[Any]:
        """Every item of a list, page after page."""
        answer = await self.get(path, **params)
        while True:
            for item in _items(answer.body):
                yield item
            if answer.next is None:
                return
            answer = await self._api.ask(self.principal, "GET", answer.next)

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        """Change something, and wait until it is decided: a 202 with a Location is followed to its outcome."""
        headers = {"Idempotency-Key": key or _ids.new()}
        content = {} if body is None else {"json": body}
        return await self._settled(await self._api.ask(self.principal, "POST", path, headers=headers, **content))

    async def send_form(self, path: str, fields: Mapping[str, str], photo: bytes) -> Answer:
        """Fill in a form with a picture in its field `photo`, and wait until it is decided."""
        headers = {"Idempotency-Key": _ids.new()}
        files = {"photo": ("photo.png", photo, "image/png")}
        answer = await self._api.ask(self.principal, "POST", path, headers=headers, data=fields, files=files)
        return await self._settled(answer)

    async def send_file(self, path: str, name: str, content: bytes, kind: str, **params: Any) -> Answer:
        """Upload one file as a form's field `file`."""
        files = {"file": (name, content, kind)}
        headers = {"Idempotency-Key": _ids.new()}
        return await self._api.ask(self.principal, "POST", path, headers=headers, files=files, params=_given(params))

    async def _settled(self, answer: Answer) -> Answer:
        until = time.monotonic() + self._api.patience_s
        while answer.status == 202 and answer.location is not None:
            location = answer.location
            if time.monotonic() > until:
                raise Unreachable(f"GET {location}: nobody has decided it")
            await asyncio.sleep(_PAUSE_S)
            later = await self._api.ask(self.principal, "GET", location)
            answer = Answer(later.status, later.body, later.text, location=location, was_pending=True)
        return answer


def _given(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name.rstrip("_"): value for name, value in params.items() if value is not None}


def _items(body: Any) -> list[Any]:
    return body if isinstance(body, list) else body["items"]


def _again(response: httpx.Response) -> bool:
    return response.status_code == 503 or _code(response) in ("token-expired", "idempotency-in-flight")


def _code(response: httpx.Response) -> str | None:
    if response.headers.get("content-type", "").startswith("application/problem+json"):
        return response.json().get("code")
    return None


def _answer(method: str, response: httpx.Response) -> Answer:
    request = f"{method} {response.request.url.path}"
    if not response.is_success and response.status_code != 304:
        code = _code(response) or f"http-{response.status_code}"
        detail = response.json().get("detail", "") if _code(response) else response.text[:200]
        raise ApiProblem(request, response.status_code, code, detail)
    is_json = "json" in response.headers.get("content-type", "")
    return Answer(
        status=response.status_code,
        body=response.json() if is_json and response.content else None,
        text=response.text,
        next=response.links.get("next", {}).get("url"),
        location=response.headers.get("location"),
        etag=response.headers.get("etag"),
    )
