"""A city's OpenID provider: OpenID Connect Core 1.0, the code flow with PKCE.

Of the provider's own words nothing reaches the one who logs in; what an administrator has to know is logged.
"""

import asyncio
import warnings
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import quote_plus

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core.claims import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError, SecurityWarning
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry
from pydantic import AfterValidator, AnyHttpUrl, BaseModel, TypeAdapter, ValidationError

from services.checkin.application.identity_provider import STALE, Begun, ProviderAway
from services.checkin.application.log_in import WRONG
from shared.platform.telemetry import get_logger
from shared.ports import Clock
from shared.vocabulary.decisions import Refused

T = TypeVar("T")

TIMEOUT_S = 5.0
KEPT_FOR = timedelta(minutes=10)
LEEWAY_S = 60
"""How far the provider's clock may be from ours."""
LOGIN_MAX = 80
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
# Ed25519 is what RFC 9864 calls EdDSA. RFC 7515: headers that one does not know are ignored.
_SIGNED = JWSRegistry(algorithms=("RS256", "ES256", "EdDSA", "Ed25519"), strict_check_header=False)

_log = get_logger("oidc")


def _out_of_reach(url: AnyHttpUrl) -> AnyHttpUrl:
    if url.scheme != "https" and url.host not in LOOPBACK:
        raise ValueError("https is needed")
    return url


Endpoint = Annotated[AnyHttpUrl, AfterValidator(_out_of_reach)]


class _Discovery(BaseModel):
    """What is needed of the provider's description of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: Endpoint
    token_endpoint: Endpoint
    jwks_uri: Endpoint
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


class _Keys(BaseModel):
    keys: list[dict[str, Any]]


class _Token(BaseModel):
    id_token: str


class _Kept(Generic[T]):
    """A document of the provider's: fetched when it is needed, and kept for ten minutes."""

    def __init__(self, fetch: Callable[[], Awaitable[T]], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._kept: tuple[T, datetime] | None = None

    async def get(self) -> T:
        if self._kept is None or self._clock.now() >= self._kept[1]:
            return await self.renew()
        return self._kept[0]

    async def renew(self) -> T:
        fetched = await self._fetch()
        self._kept = fetched, self._clock.now() + KEPT_FOR
        return fetched


class OidcProvider:
    """Implements the port `IdentityProvider`. The login is the text of one claim of the id token.

    The claim `email` counts only where the provider says that it was verified.
    """

    def __init__(self, issuer: str, client_id: str, client_secret: str, login_claim: str, clock: Clock) -> None:
        """`client_secret` may be empty: then PKCE alone protects the code."""
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._login_claim = login_claim
        self._clock = clock
        self._http = httpx.AsyncClient(timeout=TIMEOUT_S)
        self._described = _Kept(self._describe, clock)
        self._keys = _Kept(self._read_keys, clock)

    async def start(self, begun: Begun) -> str:
        described = await self._described.get()
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": begun.redirect_uri,
            "scope": "openid email" if self._login_claim == "email" else "openid profile",
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": create_s256_code_challenge(begun.verifier),
            "code_challenge_method": "S256",
        }
        return str(httpx.URL(str(described.authorization_endpoint)).copy_merge_params(asked))

    async def finish(self, begun: Begun, code: str) -> str | Refused:
        token = await self._exchanged(begun, code)
        if isinstance(token, Refused):
            return token
        try:
            claims = await self._verified(token, begun.nonce)
        except (JoseError, ValueError) as error:
            _log.warning("id-token-refused", reason=type(error).__name__, claim=getattr(error, "claim", None))
            return WRONG
        return self._login(claims)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _exchanged(self, begun: Begun, code: str) -> str | Refused:
        """The id token for the code."""
        described = await self._described.get()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": begun.redirect_uri,
            "code_verifier": begun.verifier,
        }
        auth: tuple[str, str] | None = None
        if not self._client_secret:
            form["client_id"] = self._client_id
        elif "client_secret_basic" in described.token_endpoint_auth_methods_supported:
            auth = quote_plus(self._client_id), quote_plus(self._client_secret)  # RFC 6749 2.3.1
        else:
            form |= {"client_id": self._client_id, "client_secret": self._client_secret}
        answer = await self._ask("POST", str(described.token_endpoint), data=form, auth=auth)
        if answer.status_code == 400 and _error_of(answer) == "invalid_grant":
            return STALE
        return _read(_Token, answer).id_token

    async def _verified(self, token: str, nonce: str) -> CodeIDToken:
        """The claims of an id token of this provider, for us, of this log-in, and good now. Raises JoseError."""
        try:
            read = _signed(token, await self._keys.get())
        except InvalidKeyIdError:  # the provider has a new key since we asked
            read = _signed(token, await self._keys.renew())
        ours = {"iss": self._issuer, "aud": self._client_id}
        claims = CodeIDToken(
            read.claims,
            read.header,
            options={name: {"essential": True, "value": value} for name, value in ours.items()},
            params={"nonce": nonce, "client_id": self._client_id},
        )
        claims.validate(now=int(self._clock.now().timestamp()), leeway=LEEWAY_S)
        return claims

    def _login(self, claims: CodeIDToken) -> str | Refused:
        login = claims.get(self._login_claim)
        # Logins are ASCII; of other letters some become ASCII when case is taken away, and would be somebody else's.
        is_one = isinstance(login, str) and login.isascii() and 0 < len(login) <= LOGIN_MAX
        is_proven = self._login_claim != "email" or claims.get("email_verified") is True
        if isinstance(login, str) and is_one and is_proven:
            return login
        _log.warning("no-login-in-id-token", claim=self._login_claim)
        return WRONG

    async def _describe(self) -> _Discovery:
        url = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        described = _read(_Discovery, await self._ask("GET", url))
        if described.issuer != self._issuer:
            raise _away("the document is another issuer's")
        return described

    async def _read_keys(self) -> KeySet:
        described = await self._described.get()
        return _key_set(_read(_Keys, await self._ask("GET", str(described.jwks_uri))).keys)

    async def _ask(self, method: str, url: str, **request: Any) -> httpx.Response:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await self._http.request(method, url, headers={"Accept": "application/json"}, **request)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise _away(type(error).__name__) from error


def _signed(token: str, keys: KeySet) -> jwt.Token:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # providers go on calling it EdDSA
        return jwt.decode(token, keys, registry=_SIGNED)


def _key_set(documents: list[dict[str, Any]]) -> KeySet:
    """Those of the keys that we understand and that are long enough."""
    keys: list[Key] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error", SecurityWarning)
        for document in documents:
            with suppress(JoseError, SecurityWarning, ValueError, KeyError, TypeError):
                keys.append(JWKRegistry.import_key(document))
    return KeySet(keys)


M = TypeVar("M", bound=BaseModel)


def _read(kind: type[M], answer: httpx.Response) -> M:
    if answer.status_code != 200:
        raise _away(f"{answer.status_code} {_error_of(answer) or ''}")
    try:
        return kind.model_validate_json(answer.content)
    except ValidationError as error:
        raise _away(f"no {kind.__name__.strip('_').lower()} document") from error


def _error_of(answer: httpx.Response) -> str | None:
    """The `error` of RFC 6749 5.2."""
    with suppress(ValidationError):
        return TypeAdapter(dict[str, Any]).validate_json(answer.content).get("error")
    return None


def _away(reason: str) -> ProviderAway:
    _log.warning("provider-away", reason=reason[:200])
    return ProviderAway(reason)
