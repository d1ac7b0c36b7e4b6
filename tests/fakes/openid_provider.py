"""A small OpenID provider on a port of this machine: real keys over real HTTP, and it lies where a test wants it to."""

import socket
import threading
import warnings
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from time import time
from typing import Any
from urllib.parse import unquote_plus, urlencode

import anyio
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.util import urlsafe_b64encode

CLIENT_ID, SECRET = "meu", "a secret: with / signs + such"
Key = RSAKey | ECKey | OKPKey
Claims = dict[str, Any]


def rsa_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@cache
def _first_key() -> RSAKey:
    """Finding the primes of one takes longer than a whole log-in."""
    return rsa_key("first")


@dataclass
class OpenIdProvider:
    """Lets everybody in as `user`, who need not type anything. It asks for PKCE, and takes a code once."""

    issuer: str
    user: str = "chen"
    key: Key = field(default_factory=_first_key)
    algorithm: str = "RS256"
    published: list[Key] | None = None
    """By default the key that it signs with."""
    secret: str | None = SECRET
    auth_methods: list[str] = field(default_factory=lambda: ["client_secret_basic"])
    claims: Claims = field(default_factory=dict[str, Any])
    """What it says otherwise than it should; None: it says nothing of it."""
    minted: Callable[[Claims], str] | None = None
    error: dict[str, str] | None = None
    """Sends people back with this, and with no code."""
    token_answer: Response | None = None
    description: Claims = field(default_factory=dict[str, Any])
    stalls: threading.Event = field(default_factory=threading.Event)
    asked: Counter[str] = field(default_factory=Counter[str])
    _codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def described(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=city",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": self.auth_methods,
            "response_types_supported": ["code"],
            **self.description,
        }

    def keys(self) -> Claims:
        keys = [self.key] if self.published is None else self.published
        of_another_time: Claims = {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA", "kid": "not-understood"}
        return {"keys": [of_another_time, {"kty": "RSA", "kid": "broken"}, *(key.as_dict() for key in keys)]}

    def send_back(self, asked: dict[str, str]) -> str:
        if self.error is not None:
            return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], **self.error})}"
        code = f"code-{len(self._codes)}-{self.asked['token']}"
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], 'code': code, 'iss': self.issuer})}"

    def exchange(self, form: dict[str, str], authorization: str | None) -> Response:
        if self.token_answer is not None:
            return self.token_answer
        if not self._is_client(form, authorization):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self._codes.pop(form["code"], None)
        challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode()
        if asked is None or (asked["redirect_uri"], asked["code_challenge"]) != (form["redirect_uri"], challenge):
            return JSONResponse({"error": "invalid_grant", "error_description": "the provider's own words"}, 400)
        return JSONResponse({"access_token": "unused", "token_type": "Bearer", "id_token": self.id_token(asked)})

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time())
        true = {
            "iss": self.issuer,
            "sub": "0815",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "preferred_username": self.user,
        }
        claims = {name: value for name, value in {**true, **self.claims}.items() if value is not None}
        return self.signed(claims) if self.minted is None else self.minted(claims)

    def signed(self, claims: Claims, key: Key | None = None) -> str:
        header = {"alg": self.algorithm, "kid": str((key or self.key).kid), "x-own": "a header of its own"}
        registry = jwt.JWSRegistry(algorithms=[self.algorithm], strict_check_header=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # EdDSA, as providers still call it
            return jwt.encode(header, claims, key or self.key, registry=registry)

    def _is_client(self, form: dict[str, str], authorization: str | None) -> bool:
        given = form.get("client_id"), form.get("client_secret")
        if self.secret is not None and "client_secret_basic" in self.auth_methods:
            name, _, secret = b64decode((authorization or "").removeprefix("Basic ")).decode().partition(":")
            given = unquote_plus(name), unquote_plus(secret)
        return given == (CLIENT_ID, self.secret)


@contextmanager
def openid_provider(host: str = "127.0.0.1") -> Generator[OpenIdProvider]:
    """One that listens, in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        provider = OpenIdProvider(f"http://{host}:{listening.getsockname()[1]}/city")
        config = uvicorn.Config(_app(provider), log_level="warning", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield provider
        finally:
            provider.stalls.clear()
            server.should_exit = True
            thread.join()


def _app(provider: OpenIdProvider) -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.middleware("http")
    async def count(request: Request, call_next: Any) -> Response:
        provider.asked[request.url.path.rsplit("/", 1)[-1]] += 1
        while provider.stalls.is_set():
            await anyio.sleep(0.02)
        return await call_next(request)

    @app.get("/city/.well-known/openid-configuration")
    async def describe() -> Claims:
        return provider.described()

    @app.get("/city/keys")
    async def keys() -> Claims:
        return provider.keys()

    @app.get("/city/authorize")
    async def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        right = {
            "tenant": "city",
            "response_type": "code",
            "client_id": CLIENT_ID,
            "code_challenge_method": "S256",
        }
        assert right.items() <= asked.items(), asked
        assert asked["scope"].split()[0] == "openid"
        return RedirectResponse(provider.send_back(asked), 302)

    @app.post("/city/token")
    async def token(request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        return provider.exchange(form, request.headers.get("authorization"))

    del count, describe, keys, authorize, token  # registered
    return app
